import type { Approval, Promotion } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { isStillSigned } from '../decision-keys/demand-signature.ts'
import type { Deps } from '../deps.ts'
import { findIdentity } from '../identity/store.ts'

/**
 * The approvals that count now: given to the present plan, not run out, by people who were not disabled since, signed
 * with a key that has not ended since. The signature is verified over what is kept, so that no edited row counts.
 * Asked when one is given and again in the transaction that imports.
 */
export async function standingApprovals(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'workspace'>,
  { id, approvals, planDigest }: Pick<Promotion, 'id' | 'approvals' | 'planDigest'>,
): Promise<Approval[]> {
  const standing: Approval[] = []
  for (const given of approvals) {
    const hasRunOut = given.expiresAt !== null && given.expiresAt <= deps.now().toISOString()
    if (given.planDigest !== planDigest || given.decision !== 'approved' || hasRunOut) continue
    const identity = await findIdentity(tx, { name: given.by })
    if (identity && !identity.disabledAt && (await isStillSigned(tx, deps, signedApproval(id, given))))
      standing.push(given)
  }
  return standing
}

/** What was signed, made again from what is kept. */
const signedApproval = (id: string, { decision, planDigest, by, reason, keyFingerprint, signature }: Approval) => ({
  decision: { verdict: decision, subject: { kind: 'promotion' as const, id }, digest: planDigest, by, reason },
  signed: { keyFingerprint, signature },
})
