import { type Approval, isEnded, type PromotionState } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { signatureFault } from '../decision-keys/demand-signature.ts'
import { findIdentity } from '../identity/store.ts'

/**
 * Why a decision that is kept does not count, whatever its row says; undefined when nothing speaks against it. The
 * signature is verified over what is kept, so that no edited or copied row counts. A decision on a promotion that has
 * ended stays good when its key or its giver ends later.
 */
export async function approvalFault(
  db: Db,
  { id, state, workspace }: { id: string; state: PromotionState; workspace: string },
  { by, person, decision, planDigest, reason, keyFingerprint, signature }: Approval,
): Promise<Approval['fault']> {
  const fault = await signatureFault(db, {
    person,
    decision: { workspace, verdict: decision, subject: { kind: 'promotion', id }, digest: planDigest, by, reason },
    signed: { keyFingerprint, signature },
  })
  if (fault === 'signature_invalid' || isEnded(state)) return fault === 'signature_invalid' ? fault : undefined
  const giver = await findIdentity(db, { name: by })
  return !giver || giver.disabledAt ? 'approver_disabled' : fault
}
