import { stopSupervisor } from '@airlock-ml/serving'
import { folderOfService, forgetService, isServiceHere } from '../../deployment/service-folder.ts'
import { startHere } from '../../deployment/supervise-service.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment delete',
  summary: 'End a deployment: its service stops, its keys die, its predictions stay traceable',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment delete cancer-api --workspace enterprise-production'],
  run: async ({ args: { name }, context }) => {
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const dir = folderOfService(folder, workspace, name)
    const isHere = isServiceHere(dir)
    // First, so that it can hand in what it recorded; a service elsewhere hears of it and stops by itself.
    const wasRunning = isHere && (await stopSupervisor(dir))
    const deleted = await client.deleteDeployment({ project, deployment: name }).catch(async (error: unknown) => {
      if (wasRunning) await startHere(context, { dir, projectDir: folder.dir, workspace, name })
      throw error
    })
    if (isHere) await forgetService(dir)
    return { data: deleted, text: () => `deployment ${deleted.name} of ${workspace} is no more; its name is free` }
  },
})
