import { keyHint, normalisePublicKey } from '@airlock-ml/bundle'
import { PlatformError, type TrustedKey } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findTrustedKey, insertTrustedKey, setRemoved } from './store.ts'

/**
 * Trusts the bundles a key signs, as those of one workspace. A key that was removed does not come back: whoever held
 * it may still have it.
 * @throws PlatformError `public_key_invalid`, `trusted_key_exists`
 */
export async function addTrustedKey(
  tx: Tx,
  deps: Deps,
  wanted: { workspace: string; publicKey: string },
  by: RequestContext,
): Promise<TrustedKey> {
  const publicKey = normalisePublicKey(wanted.publicKey)
  const hint = keyHint(publicKey)
  if (hint === deps.signer.keyHint)
    throw new PlatformError('public_key_invalid', 'It is the key of this workspace itself.')
  const known = await findTrustedKey(tx, hint)
  if (known) {
    const state = known.removedAt ? `was removed at ${known.removedAt}` : 'is trusted'
    throw new PlatformError('trusted_key_exists', `The key of ${known.workspace} ${state}.`)
  }
  const key: TrustedKey = {
    keyHint: hint,
    workspace: wanted.workspace,
    publicKey,
    addedAt: deps.now().toISOString(),
    addedBy: by.actor.name,
    removedAt: null,
  }
  await insertTrustedKey(tx, key)
  await record(tx, deps, {
    type: 'trust.added',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'trusted-key', id: hint, digest: hint },
    after: { workspace: key.workspace },
  })
  return key
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
