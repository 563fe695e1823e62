import { command } from '../../manifest/command.ts'
import { snapshotResult } from '../../snapshot/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'snapshot show',
  summary: 'Show a compiled pipeline with its steps',
  args: { id: { summary: 'Snapshot' } },
  examples: ['airlock snapshot show 0198c0de-0000-7000-8000-000000000000'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    return snapshotResult(await client.showSnapshot({ project, snapshotId: args.id }), context)
  },
})
