import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'pipeline list',
  summary: 'List pipelines that have a snapshot',
  options: pageOptions,
  examples: ['airlock pipeline list'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listPipelines({ project, ...options }),
      {
        Name: ({ name }) => name,
        Snapshots: ({ snapshots }) => snapshots,
        'Latest snapshot': ({ latestSnapshotId }) => latestSnapshotId,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
