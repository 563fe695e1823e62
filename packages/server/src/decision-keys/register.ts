import { isKeyClaimProven, keyHint, normalisePublicKey } from '@airlock-ml/bundle'
import { type DecisionKey, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { closeSetUp } from '../four-eyes/in-force.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existing } from '../identity/change.ts'
import { endKey } from './revoke.ts'
import { findDecisionKey, findKeyInTheWay, insertDecisionKey } from './store.ts'

type Wanted = { publicKey: string; proof: string | null }

/**
 * Gives a person a key. The same again answers with it. Nobody replaces their own, or a stolen API key could: another
 * one is only taken when somebody else ended the one before, or when somebody else lets it in (`by`), which ends that.
 * @throws PlatformError `public_key_invalid`, `decision_signature_invalid` without proof of possession,
 * `decision_key_taken` when it was registered once, `decision_key_exists`, `identity_not_found`
 */
export async function admitDecisionKey(
  tx: Tx,
  deps: Deps,
  { person, publicKey: given, proof }: Wanted & { person: string },
  by: RequestContext,
): Promise<DecisionKey> {
  const publicKey = normalisePublicKey(given)
  const fingerprint = keyHint(publicKey)
  if (proof === null || !isKeyClaimProven({ workspace: deps.workspace.name, by: person, publicKey }, proof))
    throw new PlatformError('decision_signature_invalid', `The key did not sign that it is ${person}'s here.`)
  const known = await findDecisionKey(tx, fingerprint)
  if (known?.person === person && known.revokedAt === null) return known
  if (known) {
    const state = known.revokedAt ? `was ${known.person}'s and ended at ${known.revokedAt}` : `is ${known.person}'s`
    throw new PlatformError('decision_key_taken', `The key ${state}.`)
  }
  const before = await findKeyInTheWay(tx, person)
  if (before && by.actor.person === person)
    throw new PlatformError(
      'decision_key_exists',
      before.revokedAt === null
        ? `${person} signs with the key ${before.fingerprint}.`
        : `${person} ended the key ${before.fingerprint} without anybody else.`,
      { fingerprint: before.fingerprint },
    )
  if (before) await endKey(tx, deps, before, by)
  const identity = await existing(tx, person)
  const registeredAt = deps.now().toISOString()
  await insertDecisionKey(tx, { fingerprint, identityId: identity.id, publicKey, registeredAt })
  await record(tx, deps, {
    type: 'decision-key.registered',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'decision-key', id: fingerprint, digest: fingerprint },
    after: { person, publicKey, proof },
  })
  await closeSetUp(tx, deps, by)
  return { fingerprint, person, publicKey, registeredAt, revokedAt: null, revokedBy: null }
}
