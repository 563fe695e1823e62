import { command } from '../../manifest/command.ts'
import { recallResult } from '../../recall/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'recall lift',
  summary: 'Lift a recall that was wrong',
  description:
    'By another person than who recalled. What another standing recall reaches, or was rejected or rolled back, stays barred. Workspaces that heard of the recall hear of its lifting.',
  args: { id: { summary: 'Recall' } },
  options: { reason: { value: 'TEXT', required: true, summary: 'Why, for the record' } },
  examples: ['airlock recall lift 0198c0de-0000-7000-8000-000000000000 --reason "The labels were right" --as ben'],
  run: async ({ args, options: { reason }, context }) => {
    const { client, project, name, advance } = await openWorkspace(context)
    const result = await client.liftRecall({ project, recallId: args.id, body: { reason } })
    await advance?.()
    return recallResult(result, name, context)
  },
})
