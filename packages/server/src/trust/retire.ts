import { PlatformError, type TrustedKey } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { noSuchKey } from './change.ts'
import { findTrustedKey, setRetired } from './store.ts'

/**
 * Ends a key: from now on it shows something only about what was witnessed before `at`, which is now unless it is said to
 * have been earlier. Retired again, it can only have ended earlier.
 * @throws PlatformError `trusted_key_not_found`, `request_invalid` for a time to come
 */
export const retireTrustedKey = (
  deps: Deps,
  { keyHint: hint, reason, at }: { keyHint: string; reason: string; at: string | null },
  by: RequestContext,
): Promise<TrustedKey> =>
  transact(deps.db, async (tx) => {
    const key = await findTrustedKey(tx, hint)
    if (!key) throw noSuchKey(hint)
    const now = deps.now()
    const retiredAt = (at === null ? now : new Date(at)).toISOString()
    if (retiredAt > now.toISOString())
      throw new PlatformError('request_invalid', `${retiredAt} is still to come: a key is retired when it ends.`)
    if (key.removedAt || (key.retiredAt && key.retiredAt <= retiredAt)) return key
    await setRetired(tx, hint, retiredAt)
    await record(tx, deps, {
      type: 'trust.retired',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'trusted-key', id: hint, digest: hint },
      before: { workspace: key.workspace, retiredAt: key.retiredAt },
      after: { retiredAt },
      reason,
    })
    return { ...key, retiredAt }
  })
