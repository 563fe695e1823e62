import { putHere } from '../../deployment/put-here.ts'
import { runService, stopService } from '../../deployment/run-service.ts'
import { folderOfService, isServiceHere, keptInvokeKey } from '../../deployment/service-folder.ts'
import { startedResult } from '../../deployment/started-result.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment start',
  summary: 'Start the service of a deployment on this machine',
  description: `It goes on when the shell is closed. With --take-over the service is brought here from wherever it ran: it gets a new
secret, which ends the old one, and the code of this project. One that runs here is stopped before.`,
  args: { name: { summary: 'Deployment' } },
  options: { takeOver: { summary: 'Bring the service here, with a new secret' } },
  examples: [
    'airlock deployment start cancer-api --workspace enterprise-production',
    'airlock deployment start cancer-api --take-over --workspace enterprise-production',
  ],
  run: async ({ args: { name }, options, context }) => {
    const opened = await openWorkspace(context)
    const { client, project, folder, name: workspace } = opened
    const dir = folderOfService(folder, workspace, name)
    const here = { dir, projectDir: folder.dir, workspace, name }
    if (options.takeOver) {
      const path = { project, deployment: name }
      const invokeKey = await keptInvokeKey(dir)
      const { snapshotId } = await client.showDeployment(path)
      const snapshot = await client.showSnapshot({ project, snapshotId })
      // With its old secret it can still hand in what it recorded.
      const wasRunning = isServiceHere(dir) && (await stopService(context, here))
      const { deployment, serviceSecret: secret } = await client.replaceServiceSecret(path).catch(async (error) => {
        if (wasRunning) await runService(context, opened, here)
        throw error
      })
      await putHere(context, { folder, workspace, deployment, snapshot, secret, invokeKey })
    }
    const { url } = await runService(context, opened, here, { isNew: options.takeOver })
    return await startedResult(context, { opened, name, url })
  },
})
