import type { Approval, Promotion } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { findIdentity } from '../identity/store.ts'

/**
 * The approvals that count at a moment: given to the present plan, not run out, by people who were not disabled since.
 * Asked when one is given and again in the transaction that imports.
 */
export async function standingApprovals(
  tx: Tx,
  { approvals, planDigest }: Pick<Promotion, 'approvals' | 'planDigest'>,
  now: Date,
): Promise<Approval[]> {
  const standing: Approval[] = []
  for (const given of approvals) {
    const hasRunOut = given.expiresAt !== null && given.expiresAt <= now.toISOString()
    if (given.planDigest !== planDigest || given.decision !== 'approved' || hasRunOut) continue
    const identity = await findIdentity(tx, { name: given.by })
    if (identity && !identity.disabledAt) standing.push(given)
  }
  return standing
}
