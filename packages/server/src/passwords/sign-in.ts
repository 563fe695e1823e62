import { type ApiKey, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { actorOf } from '../identity/authenticate.ts'
import { insertNewApiKey } from '../identity/keys.ts'
import { findIdentity } from '../identity/store.ts'
import { hashPassword, isOutdated, isPassword } from './hash.ts'
import { findPassword, replaceHash } from './store.ts'
import type { Turns } from './turns.ts'

const KEY_LIFE_MS = 12 * 60 * 60_000

/**
 * Signs a user in by password: a key of theirs for 12 hours, which counts as made by whoever set the password. An unknown
 * name, a disabled user and one without a password take as long as a wrong password and get the same answer.
 * @throws PlatformError `sign_in_refused`, `sign_in_busy`
 */
export async function signIn(
  deps: Deps,
  turns: Turns,
  { name, password }: { name: string; password: string },
  { requestId }: RequestContext,
): Promise<{ apiKey: ApiKey; secret: string }> {
  const known = await findPassword(deps.db, name)
  const isRight = await turns(() => isPassword(password, known?.hash ?? null, deps.pepper))
  if (!known || !isRight) throw refused()
  const fresh = isOutdated(known.hash) ? await turns(() => hashPassword(password, deps.pepper)) : null
  return transact(deps.db, async (tx) => {
    // It may have been changed, or its owner disabled, while it was hashed.
    const still = await findPassword(tx, name)
    if (still?.id !== known.id) throw refused()
    if (fresh) await replaceHash(tx, known.id, fresh)
    const user = (await findIdentity(tx, { name }))!
    const by = { actor: actorOf(user, null), roles: [], requestId }
    const expiresAt = new Date(deps.now().getTime() + KEY_LIFE_MS).toISOString()
    const made = await insertNewApiKey(
      tx,
      deps,
      { identity: name, expiresAt, mintedBy: known.setBy, passwordId: known.id },
      by,
    )
    await record(tx, deps, {
      type: 'user.signed-in',
      actor: by.actor,
      requestId,
      project: null,
      subject: { kind: 'user', id: name },
      after: { apiKeyId: made.apiKey.id },
    })
    return made
  })
}

/** One answer for every reason: who asks learns nothing about which names there are. */
export const refused = () => new PlatformError('sign_in_refused', 'Name and password do not belong together.')
