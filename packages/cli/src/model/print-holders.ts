import type { Holder, Holders } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { fieldLines, metricsText } from '../output/show.ts'
import { approvalFaultText } from '../promotion/approval-fault.ts'

/** What `model history --at` prints: a block a stage, or that there was nothing yet. */
export const holdersResult = (holders: Holders, context: Context): Result => ({
  data: holders,
  text: () =>
    holders.holders.length === 0
      ? emptyText(holders)
      : [`${holders.model} at ${holders.at}`, ...holders.holders.map((holder) => holderText(holder, context))].join(
          '\n\n',
        ),
})

function emptyText({ model, at, firstChangeAt }: Holders): string {
  const nobody = `No version of ${model} held a stage at ${at}`
  if (firstChangeAt === null) return `${nobody}: none ever has.`
  return at < firstChangeAt ? `${nobody}: the first change was at ${firstChangeAt}.` : `${nobody}.`
}

const verbs = { promote: 'promoted', import: 'imported', rollback: 'rolled back to' } as const

function holderText({ stage, change, heldUntil, metrics, policy, promotion }: Holder, context: Context): string {
  const { number, sourceNumber } = change
  const approvals = promotion?.approvals.filter(({ planDigest }) => planDigest === promotion.planDigest) ?? []
  return fieldLines(
    {
      stage,
      version: number === sourceNumber ? number : `${number} (${sourceNumber} at its source)`,
      digest: change.digest,
      since: `${change.at}, ${verbs[change.act]} by ${change.by}`,
      until: heldUntil ?? 'holds it still',
      reason: change.reason,
      policy: policy ? `${policy.name} version ${policy.version}, ${policy.digest}` : `version ${change.policyVersion}`,
      metrics: metricsText(metrics),
      promotion: promotion ? `${promotion.id}, asked for by ${promotion.requestedBy}` : undefined,
      bundle: promotion?.bundle.digest,
      plan: promotion?.planDigest,
      approvals: promotion
        ? approvals.map((each) => `${each.by} ${each.decision} at ${each.at}${approvalFaultText(each)}`).join('\n') ||
          'none were asked for'
        : undefined,
    },
    context,
  )
}
