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
    stuckMs: { value: 'MS', integer: true, summary: 'End a process that says nothing for so long (default: 20000)' },
  },
  examples: [],
  run: async ({ args: { name }, options: { stuckMs }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const workspace = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = folderOfService(folder, workspace, name)
    await superviseService(context, { dir, projectDir: folder.dir, workspace, name, stuckMs })
    return { data: undefined, text: () => '' }
  },
})
