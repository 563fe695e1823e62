import { command } from '../../manifest/command.ts'
import { updateSession } from '../../project/session.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'project set',
  summary: 'Choose the project that later commands mean',
  args: { name: { summary: 'Project' } },
  examples: ['airlock project set cancer-detection'],
  run: async ({ args, context }) => {
    const { client, folder } = await openWorkspace(context)
    const project = await client.showProject({ project: args.name })
    await updateSession(folder.dir, (session) => ({ ...session, project: project.name }))
    return { data: project, text: () => `project is ${project.name} from now on` }
  },
})
