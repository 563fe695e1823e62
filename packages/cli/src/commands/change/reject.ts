import { changeResult } from '../../change/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'change reject',
  summary: 'Reject a change request for good, or withdraw your own',
  args: { id: { summary: 'Change request' } },
  options: { reason: { value: 'TEXT', summary: 'Why, for the record', required: true } },
  examples: ['airlock change reject 0198c0de-0000-7000-8000-000000000000 --reason "Two approvals are the rule"'],
  run: async ({ args, options, context }) => {
    const { client, name: workspace } = await openWorkspace(context)
    const known = await client.showChange({ changeId: args.id })
    // A command that was killed after its transaction is run again, and must end well.
    if (known.state === 'rejected') return changeResult(known, { context, workspace })
    const change = await client.rejectChange({ changeId: args.id, body: { reason: options.reason } })
    return changeResult(change, { context, workspace })
  },
})
