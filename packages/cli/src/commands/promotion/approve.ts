import type { Client } from '@airlock-ml/client'
import { isEnded, PlatformError, type Promotion } from '@airlock-ml/contract'
import { sendSigned } from '../../decision-key/sign.ts'
import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { confirm } from '../../output/confirm.ts'
import { timeoutOption } from '../../promotion/options.ts'
import { outcomeResult, promotionResult } from '../../promotion/print.ts'
import { settle } from '../../promotion/settle.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion approve',
  summary: 'Approve the plan of a promotion',
  description:
    'Shows the plan and asks; with `--yes` it does not ask. The approval is for the digest of the plan that was shown, or the one named, signed with your decision key, and is void when the plan changes. It then waits for the import. Exit code 0 also when further people must approve, 3 when the plan changed meanwhile.',
  args: { id: { summary: 'Promotion' } },
  options: {
    planDigest: { value: 'SHA256', summary: 'Plan that was looked at (default: the one shown)' },
    reason: { value: 'TEXT', summary: 'Why, for the record' },
    yes: { short: 'y', summary: 'Do not ask' },
    timeout: timeoutOption,
  },
  examples: [
    'airlock promotion approve 0198c0de-0000-7000-8000-000000000000 --as ada --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    const { client, project, name } = workspace
    const waiting = {
      timeoutMs: options.timeout * 1_000,
      until: 'approval' as const,
      onState: ({ state }: Promotion) => context.note(state.replaceAll('_', ' ')),
      now: context.now,
    }
    const promotion = await settle(workspace, args.id, waiting)
    const shown = { context, workspace: name }
    const planDigest = options.planDigest ?? promotion.planDigest
    if (planDigest === null) {
      throw new PlatformError('promotion_not_ready', `The promotion ${args.id} is ${promotion.state} and has no plan.`)
    }
    // A command that was killed after the approval is run again, and goes on.
    const isDone = promotion.state !== 'awaiting_approval' && (await hasApproved(client, promotion, planDigest))
    if (!isDone) {
      if (!options.yes && !isEnded(promotion.state)) {
        context.note(await promotionResult(promotion, shown).text())
        await confirm(context, `Approve plan ${planDigest.slice(0, 12)}?`)
      }
      const reason = options.reason?.trim() ?? null
      const subject = { kind: 'promotion' as const, id: args.id }
      const decision = { verdict: 'approved' as const, subject, digest: planDigest, reason }
      const approve = (signature: string | null) =>
        client.approvePromotion({ project, promotionId: args.id, body: { planDigest, reason, signature } })
      await sendSigned(workspace, decision, approve).catch((error: PlatformError) => {
        if (error.code !== 'approval_exists') throw error
        context.note('You have approved this plan already; a person counts once, under all their names.')
      })
    }
    const after = await settle(workspace, args.id, waiting)
    const result = outcomeResult(after, shown)
    if (after.state !== 'awaiting_approval') return result
    if (await hasApproved(client, after, after.planDigest)) return { ...result, exitCode: exitCodes.done }
    context.note('The plan changed after it was approved: the new one must be looked at and approved anew.')
    return result
  },
})

async function hasApproved(client: Client, promotion: Promotion, planDigest: string | null): Promise<boolean> {
  const { actor } = await client.whoami()
  return promotion.approvals.some(
    (each) =>
      each.person === actor.person &&
      each.planDigest === planDigest &&
      each.decision === 'approved' &&
      each.fault === undefined,
  )
}
