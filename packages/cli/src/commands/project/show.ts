import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'project show',
  summary: 'Show a project',
  args: { name: { summary: 'Project (default: as `--project`)', optional: true } },
  examples: ['airlock project show cancer-detection'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const found = await client.showProject({ project: args.name ?? project })
    return shown(
      found,
      { name: found.name, description: found.description, created: found.createdAt, id: found.id },
      { context },
    )
  },
})
