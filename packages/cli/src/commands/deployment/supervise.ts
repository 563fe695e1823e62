import { folderOfService } from '../../deployment/service-folder.ts'
import { superviseService } from '../../deployment/supervise-service.ts'
import { command } from '../../manifest/command.ts'
import { openProjectFolder } from '../../project/config.ts'
import { readSession } from '../../project/session.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'

export default command({
  name: 'deployment supervise',
  summary: 'Keep the service of a deployment running, as a process of its own',
  hidden: true,
  args: { name: { summary: 'Deployment' } },
  options: {
    host: { value: 'HOST', summary: 'Address to listen on' },
    port: { value: 'PORT', port: true, summary: 'Port to listen on' },
    processes: { value: 'N', integer: true, summary: 'Processes that share the port' },
  },
  examples: [],
  run: async ({ args: { name }, options: { host, port, processes }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = folderOfService(folder, workspace, name)
    const wanted =
      host !== undefined && port !== undefined && processes !== undefined ? { host, port, processes } : undefined
    await superviseService(context, { dir, projectDir: folder.dir, workspace, name, wanted })
    return { data: undefined, text: () => '' }
  },
})
