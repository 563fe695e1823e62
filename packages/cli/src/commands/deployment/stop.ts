import { stopService } from '../../deployment/run-service.ts'
import { folderOfService, readService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { openProjectFolder } from '../../project/config.ts'
import { readSession } from '../../project/session.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'

export default command({
  name: 'deployment stop',
  summary: 'Stop the service of a deployment on this machine, after it has answered what it had begun',
  description:
    'The deployment stays, and so do its keys: `airlock deployment start` brings the service back at the same address.',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment stop cancer-api --workspace enterprise-production'],
  run: async ({ args: { name }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = folderOfService(folder, workspace, name)
    await readService(dir, name)
    const wasRunning = await stopService(context, { dir, workspace, name })
    return { data: { name, wasRunning }, text: () => (wasRunning ? `${name} is stopped` : `${name} did not run`) }
  },
})
