import { changeResult } from '../../change/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'change show',
  summary: 'Show a change request: what is there, and what would be',
  args: { id: { summary: 'Change request' } },
  examples: ['airlock change show 0198c0de-0000-7000-8000-000000000000 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, name: workspace } = await openWorkspace(context)
    return changeResult(await client.showChange({ changeId: args.id }), { context, workspace })
  },
})
