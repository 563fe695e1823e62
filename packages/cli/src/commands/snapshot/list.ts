import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { shortDigest } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'snapshot list',
  summary: 'List compiled pipelines, newest first',
  options: { pipeline: { value: 'NAME', summary: 'Of this pipeline only' }, ...pageOptions },
  examples: ['airlock snapshot list --pipeline training'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listSnapshots({ project, ...options }),
      {
        Id: ({ id }) => id,
        Pipeline: ({ pipeline }) => pipeline,
        Environment: ({ environment }) => environment,
        Stack: ({ stack }) => stack,
        Digest: ({ digest }) => shortDigest(digest),
        Commit: ({ commit, dirty }) => commit && `${shortDigest(commit)}${dirty ? ' + changes' : ''}`,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
