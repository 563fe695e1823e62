import { sendSigned } from '../../decision-key/sign.ts'
import { command } from '../../manifest/command.ts'
import { promotionResult } from '../../promotion/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion reject',
  summary: 'Reject a promotion, for good',
  description: 'Signed with your decision key, over the digest of the bundle.',
  args: { id: { summary: 'Promotion' } },
  options: { reason: { value: 'TEXT', summary: 'Why, for the record', required: true } },
  examples: ['airlock promotion reject 0198c0de-0000-7000-8000-000000000000 --reason "Trained on last year\'s data"'],
  run: async ({ args, options, context }) => {
    const opened = await openWorkspace(context)
    const { client, project, name: workspace } = opened
    const known = await client.showPromotion({ project, promotionId: args.id })
    // A command that was killed after its transaction is run again, and must end well.
    if (known.state === 'rejected') return promotionResult(known, { context, workspace })
    const reason = options.reason.trim()
    const subject = { kind: 'promotion' as const, id: args.id }
    const decision = { verdict: 'rejected' as const, subject, digest: known.bundle.digest, reason }
    const promotion = await sendSigned(opened, decision, (signature) =>
      client.rejectPromotion({ project, promotionId: args.id, body: { reason, signature } }),
    )
    return promotionResult(promotion, { context, workspace })
  },
})
