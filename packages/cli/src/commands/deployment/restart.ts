import { runService, stopService } from '../../deployment/run-service.ts'
import { folderOfService, readService } from '../../deployment/service-folder.ts'
import { startedResult } from '../../deployment/started-result.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment restart',
  summary: 'Stop the service of a deployment on this machine and start it anew, at the same address',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment restart cancer-api --workspace enterprise-production'],
  run: async ({ args: { name }, context }) => {
    const opened = await openWorkspace(context)
    const { folder, name: workspace } = opened
    const dir = folderOfService(folder, workspace, name)
    const here = { dir, projectDir: folder.dir, workspace, name }
    await readService(dir, name)
    await stopService(context, here)
    const { url } = await runService(context, opened, here)
    return await startedResult(context, { opened, name, url })
  },
})
