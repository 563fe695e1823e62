import { ROTATION_EVENT, signRotation } from '@airlock-ml/bundle'
import { PlatformError, type SigningKey } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { currentSigner } from './current.ts'
import { insertSigningKey, listSigningKeys, retireSigningKey } from './store.ts'

/**
 * Makes a new signing key and retires the one in force. The retired key signs one thing more: which key comes after it;
 * the statement lies in the event, so that whoever believed the old key can follow the log to the new one.
 *
 *     new key stored → transaction: old key ends, new one begins, event → new key put in the old one's place
 *
 * Killed before the transaction, the old key stays; behind it, the new key is put in place when it is next used.
 * @throws PlatformError `signing_key_rotated` when somebody else did it at the same time
 */
export async function rotateSigningKey(
  deps: Deps,
  { reason }: { reason: string | null },
  by: RequestContext,
): Promise<{ retired: SigningKey; inForce: SigningKey }> {
  const old = await currentSigner(deps)
  const next = await deps.signingKeys.create()
  await crashPoint('rotate:key-stored')
  const at = deps.now().toISOString()
  const { name } = deps.workspace
  const names = { keyHint: old.keyHint, nextKeyHint: next.keyHint, nextPublicKey: next.publicKey }
  const statement = await signRotation({ formatVersion: 1, workspace: name, at, ...names }, old)
  await transact(deps.db, async (tx) => {
    if (!(await retireSigningKey(tx, old.keyHint, at)))
      throw new PlatformError('signing_key_rotated', `The key ${old.keyHint} is not in force any more.`)
    const kept = await deps.signingKeys.listBeside()
    if (!kept.some(({ keyHint }) => keyHint === next.keyHint))
      throw new PlatformError('database_busy', 'A repair took the new key for one that was abandoned.')
    await insertSigningKey(tx, { keyHint: next.keyHint, publicKey: next.publicKey, validFrom: at })
    await record(tx, deps, {
      type: ROTATION_EVENT,
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'workspace', id: name, digest: next.keyHint },
      before: { keyHint: old.keyHint },
      after: { keyHint: next.keyHint, publicKey: next.publicKey, statement },
      reason,
    })
  })
  await crashPoint('rotate:committed')
  deps.signer = await deps.signingKeys.open(next.keyHint)
  await crashPoint('rotate:key-in-place')
  const keys = await listSigningKeys(deps.db)
  const keyOf = (hint: string) => keys.find(({ keyHint }) => keyHint === hint)!
  return { retired: keyOf(old.keyHint), inForce: keyOf(next.keyHint) }
}
