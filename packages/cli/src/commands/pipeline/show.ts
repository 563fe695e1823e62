import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'pipeline show',
  summary: 'Show a pipeline',
  args: { name: { summary: 'Pipeline' } },
  examples: ['airlock pipeline show training'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const pipeline = await client.showPipeline({ project, pipeline: args.name })
    const { name, snapshots, latestSnapshotId, createdAt } = pipeline
    return shown(
      pipeline,
      { name, project: pipeline.project, snapshots, 'latest snapshot': latestSnapshotId, created: createdAt },
      { context },
    )
  },
})
