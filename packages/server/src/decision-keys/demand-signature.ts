import { type Decision, isDecisionSignedBy } from '@airlock-ml/bundle'
import { type Approval, PlatformError } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findDecisionKey, findKeyInForce } from './store.ts'

/** A decision before it is known where and by whom it is made. */
export type WhatIsDecided = Omit<Decision, 'workspace' | 'by'>

/** What is kept of a signed decision. */
export type SignedDecision = { keyFingerprint: string; signature: string }

/**
 * The person who decides signed exactly this, with the key they have now. A service account decides with its owner's.
 * @throws PlatformError `decision_key_missing`, `decision_signature_invalid`
 */
export async function demandDecisionSignature(
  tx: Tx,
  { workspace }: Pick<Deps, 'workspace'>,
  { by: { actor }, decision, signature }: { by: RequestContext; decision: WhatIsDecided; signature: string | null },
): Promise<SignedDecision> {
  const key = await findKeyInForce(tx, actor.person)
  if (!key) throw new PlatformError('decision_key_missing', `${actor.person} has no decision key in ${workspace.name}.`)
  const signed = { ...decision, workspace: workspace.name, by: actor.name }
  if (signature !== null && isDecisionSignedBy(key.publicKey, signed, signature))
    return { keyFingerprint: key.fingerprint, signature }
  throw new PlatformError(
    'decision_signature_invalid',
    signature === null
      ? `The decision of ${actor.name} is not signed.`
      : `The key ${key.fingerprint} of ${actor.person} did not sign this decision of ${actor.name}.`,
    { fingerprint: key.fingerprint },
  )
}

/** Why a decision that was kept does not stand: its person's key did not sign it, or has ended since. */
export async function signatureFault(
  db: Db,
  { person, decision, signed }: { person: string; decision: Decision; signed: SignedDecision },
): Promise<Approval['fault']> {
  const key = await findDecisionKey(db, signed.keyFingerprint)
  if (key?.person !== person || !isDecisionSignedBy(key.publicKey, decision, signed.signature))
    return 'signature_invalid'
  return key.revokedAt === null ? undefined : 'key_ended'
}
