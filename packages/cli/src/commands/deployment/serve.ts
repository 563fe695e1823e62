import { serve } from '../../deployment/serve.ts'
import { command } from '../../manifest/command.ts'
import { openProjectFolder } from '../../project/config.ts'
import { readSession } from '../../project/session.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'

export default command({
  name: 'deployment serve',
  summary: 'Answer for a deployment, as a process that its supervisor starts',
  hidden: true,
  args: { name: { summary: 'Deployment' } },
  options: {
    number: { value: 'N', summary: 'Which process of the service it is', default: '0' },
    port: { value: 'PORT', port: true, summary: 'Port to listen on', default: 0 },
    host: { value: 'HOST', summary: 'Address to listen on (default: that of the settings)' },
    sharesPort: { summary: 'Other processes listen on it, too' },
    wasStuck: { summary: 'The process before it was ended because it hung' },
  },
  examples: [],
  run: async ({ args: { name }, options: { number, port, host, ...how }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    await serve(context, { workspace, name, number: Number(number), port, host: host ?? null, ...how })
    return { data: undefined, text: () => '' }
  },
})
