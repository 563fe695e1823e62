import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model list',
  summary: 'List models and the versions that hold their stages',
  options: pageOptions,
  examples: ['airlock model list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listModels({ project, ...options }),
      {
        Name: ({ name }) => name,
        Latest: ({ latestNumber }) => latestNumber,
        Staging: ({ stages }) => stages.staging,
        Production: ({ stages }) => stages.production,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
