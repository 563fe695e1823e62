import { removeService, runService, stopService } from '../../deployment/run-service.ts'
import { folderOfService, forgetService, isServiceHere } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment delete',
  summary: 'End a deployment: its service stops, its keys die, its predictions stay traceable',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment delete cancer-api --workspace enterprise-production'],
  run: async ({ args: { name }, context }) => {
    const opened = await openWorkspace(context)
    const { client, project, folder, name: workspace } = opened
    const dir = folderOfService(folder, workspace, name)
    const here = { dir, projectDir: folder.dir, workspace, name }
    const isHere = isServiceHere(dir)
    const tell = (error: Error) => {
      context.note(`It could not be stopped here: ${error.message}`)
      return false
    }
    // First, so that it can hand in what it recorded; a service elsewhere hears of it and stops by itself.
    const wasRunning = isHere && (await stopService(context, here).catch(tell))
    const deleted = await client.deleteDeployment({ project, deployment: name }).catch(async (error: unknown) => {
      if (wasRunning) await runService(context, opened, here)
      throw error
    })
    if (isHere) {
      await removeService(context, here)
      await forgetService(dir)
    }
    return { data: deleted, text: () => `deployment ${deleted.name} of ${workspace} is no more; its name is free` }
  },
})
