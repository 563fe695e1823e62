import { createHash } from 'node:crypto'
import { PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { Guards } from '../http/mount.ts'
import type { Db } from './db.ts'
import { findIdempotent, insertIdempotent } from './idempotency.ts'
import { fromJson, toJson } from './json.ts'
import { transact } from './transact.ts'

/**
 * Runs a creation in one transaction with the memory of its `Idempotency-Key`: the same request with the same key
 * answers with the first result and creates nothing.
 * @throws PlatformError `idempotency_key_reused` when the key came with another request before
 */
export const createOnce =
  (db: Db, now: () => Date): Guards['createOnce'] =>
  async ({ operation, key, args, context }, create) => {
    const created = await transact(db, async (tx) => {
      if (key === undefined) return create(tx)
      if (!/^[\x21-\x7e]{1,200}$/.test(key))
        throw new PlatformError('request_invalid', 'The Idempotency-Key must be 1 to 200 visible ASCII characters.')
      const identityId = context.actor.identityId ?? 'anonymous'
      const requestDigest = createHash('sha256').update(toJson(args)).digest('hex')
      const known = await findIdempotent(tx, identityId, key)
      if (known && (known.operation !== operation || known.request_digest !== requestDigest))
        throw new PlatformError('idempotency_key_reused', `The key came with another request at ${known.created_at}.`)
      if (known) return fromJson(known.response)
      const result = await create(tx)
      await insertIdempotent(tx, {
        identity_id: identityId,
        key,
        operation,
        request_digest: requestDigest,
        response: toJson(result),
        created_at: now().toISOString(),
      })
      return result
    })
    await crashPoint('create:committed')
    return created
  }
