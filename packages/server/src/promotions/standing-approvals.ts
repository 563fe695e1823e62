import type { Approval, Promotion } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'

/**
 * The approvals that count now: given to the present plan, not run out, without a fault of their signature, key or
 * giver, and one of each person. Asked when one is given and again in the transaction that imports, of the promotion as
 * that transaction reads it.
 */
export function standingApprovals(
  { now }: Pick<Deps, 'now'>,
  { approvals, planDigest }: Pick<Promotion, 'approvals' | 'planDigest'>,
): Approval[] {
  const at = now().toISOString()
  const standing = approvals.filter(
    (given) =>
      given.planDigest === planDigest &&
      given.decision === 'approved' &&
      given.fault === undefined &&
      (given.expiresAt === null || given.expiresAt > at),
  )
  return [...new Map(standing.map((given) => [given.person, given])).values()]
}
