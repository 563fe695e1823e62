import { command } from '../../manifest/command.ts'
import { labelsText, shown } from '../../output/show.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack show',
  summary: 'Show a stack and its components',
  args: { name: { summary: 'Stack' } },
  examples: ['airlock stack show dev-stack'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const stack = await client.showStack({ project, stack: args.name })
    return shown(
      stack,
      { name: stack.name, project: stack.project, labels: labelsText(stack.labels), updated: stack.updatedAt },
      {
        context,
        more: () =>
          table(
            stack.components,
            {
              Component: ({ type }) => type,
              Flavor: ({ flavor }) => flavor,
              Config: ({ config }) => (Object.keys(config).length > 0 ? JSON.stringify(config) : null),
            },
            context,
          ),
      },
    )
  },
})
