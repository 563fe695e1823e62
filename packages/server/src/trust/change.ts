import { keyHint, normalisePublicKey } from '@airlock-ml/bundle'
import { PlatformError, type TrustedKey, TrustPurpose } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { isOwnKey } from '../signing-keys/store.ts'
import { findTrustedKey, insertTrustedKey, setPurposes, setRemoved } from './store.ts'

type Wanted = { workspace: string; publicKey: string; purposes: readonly TrustPurpose[] }

/**
 * Trusts a key of one workspace for some purposes, or gives a key that is trusted further ones. A key that was removed
 * does not come back: whoever held it may still have it.
 * @throws PlatformError `public_key_invalid`, `trusted_key_exists`
 */
export async function addTrustedKey(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<TrustedKey> {
  const publicKey = normalisePublicKey(wanted.publicKey)
  const hint = keyHint(publicKey)
  if (await isOwnKey(tx, hint)) throw new PlatformError('public_key_invalid', 'It is a key of this workspace itself.')
  const known = await findTrustedKey(tx, hint)
  const purposes = TrustPurpose.options.filter((each) => wanted.purposes.includes(each))
  if (known && !known.removedAt && !known.retiredAt && known.workspace === wanted.workspace) {
    const all = TrustPurpose.options.filter((each) => known.purposes.includes(each) || purposes.includes(each))
    if (all.length > known.purposes.length) return widen(tx, deps, { key: known, purposes: all, by })
  }
  if (known) {
    const end = known.removedAt ? `was removed at ${known.removedAt}` : `was retired at ${known.retiredAt}`
    const state = (known.removedAt ?? known.retiredAt) === null ? 'is trusted' : end
    throw new PlatformError('trusted_key_exists', `The key of ${known.workspace} ${state}.`)
  }
  const addedAt = deps.now().toISOString()
  const key: TrustedKey = {
    keyHint: hint,
    workspace: wanted.workspace,
    publicKey,
    purposes,
    addedAt,
    addedBy: by.actor.name,
    validFrom: addedAt,
    retiredAt: null,
    removedAt: null,
  }
  await insertTrustedKey(tx, key)
  await record(tx, deps, {
    type: 'trust.added',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'trusted-key', id: hint, digest: hint },
    after: { workspace: key.workspace, purposes },
  })
  return key
}

async function widen(
  tx: Tx,
  deps: Deps,
  { key, purposes, by }: { key: TrustedKey; purposes: TrustPurpose[]; by: RequestContext },
): Promise<TrustedKey> {
  await setPurposes(tx, key.keyHint, purposes)
  await record(tx, deps, {
    type: 'trust.widened',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'trusted-key', id: key.keyHint, digest: key.keyHint },
    before: { workspace: key.workspace, purposes: key.purposes },
    after: { workspace: key.workspace, purposes },
  })
  return { ...key, purposes }
}

/** @throws PlatformError `trusted_key_not_found` */
export const removeTrustedKey = (
  deps: Deps,
  { keyHint: hint, reason }: { keyHint: string; reason: string },
  by: RequestContext,
): Promise<TrustedKey> =>
  transact(deps.db, async (tx) => {
    const key = await findTrustedKey(tx, hint)
    if (!key) throw noSuchKey(hint)
    if (key.removedAt) return key
    const removedAt = deps.now().toISOString()
    await setRemoved(tx, hint, removedAt)
    await record(tx, deps, {
      type: 'trust.removed',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'trusted-key', id: hint, digest: hint },
      before: { workspace: key.workspace },
      reason,
    })
    return { ...key, removedAt }
  })

export const noSuchKey = (hint: string) =>
  new PlatformError('trusted_key_not_found', `There is no trusted key ${hint}.`)
