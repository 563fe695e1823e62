import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { labelsText } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack list',
  summary: 'List stacks',
  options: pageOptions,
  examples: ['airlock stack list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project, session, name: workspace } = await openWorkspace(context)
    const current = session.stacks?.[workspace]
    return listed(
      await client.listStacks({ project, ...options }),
      {
        Name: ({ name }) => (name === current ? `${name} *` : name),
        Components: ({ components }) => components.map(({ type, flavor }) => `${type}:${flavor}`).join(', '),
        Labels: ({ labels }) => labelsText(labels),
      },
      context,
    )
  },
})
