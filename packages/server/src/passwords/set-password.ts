import { type PasswordSet, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { demandPerson } from '../identity/demand-person.ts'
import { findIdentity } from '../identity/store.ts'
import { hashPassword, isPassword } from './hash.ts'
import { endPassword, findPassword, insertPassword } from './store.ts'
import type { Turns } from './turns.ts'

/**
 * Sets the caller's own password. Where there is one, it must be given: a stolen key alone changes nothing.
 * @throws PlatformError `forbidden` for a machine and for a bound key, `sign_in_refused`, `sign_in_busy`
 */
export async function setOwnPassword(
  deps: Deps,
  turns: Turns,
  { password, current }: { password: string; current: string | null },
  by: RequestContext,
): Promise<PasswordSet> {
  demandPerson(by, 'password')
  const user = by.actor.name
  const before = await findPassword(deps.db, user)
  if (before && !(await turns(() => isPassword(current ?? '', before.hash, deps.pepper))))
    throw new PlatformError('sign_in_refused', 'The password before is not the one that was given.')
  return replace(deps, turns, { user, password, replaces: before?.id }, by)
}

/**
 * Sets the password of another user, who has none or has forgotten it.
 * @throws PlatformError `identity_not_found`, `identity_disabled`, `sign_in_busy`; `request_invalid` for one's own
 */
export async function setUserPassword(
  deps: Deps,
  turns: Turns,
  { name: user, password }: { name: string; password: string },
  by: RequestContext,
): Promise<PasswordSet> {
  if (user === by.actor.person)
    throw new PlatformError('request_invalid', 'One’s own password is set at `/password`, with the one before.')
  const before = await findPassword(deps.db, user)
  return replace(deps, turns, { user, password, replaces: before?.id }, by)
}

async function replace(
  deps: Deps,
  turns: Turns,
  { user, password, replaces }: { user: string; password: string; replaces: string | undefined },
  by: RequestContext,
): Promise<PasswordSet> {
  const hash = await turns(() => hashPassword(password, deps.pepper))
  return transact(deps.db, async (tx) => {
    const identity = await findIdentity(tx, { name: user })
    if (identity?.kind !== 'user') throw new PlatformError('identity_not_found', `There is no user ${user}.`)
    if (identity.disabledAt)
      throw new PlatformError('identity_disabled', `${user} was disabled at ${identity.disabledAt}.`)
    if ((await findPassword(tx, user))?.id !== replaces)
      throw new PlatformError('sign_in_busy', `The password of ${user} was set by somebody else at this moment.`)
    const setAt = deps.now().toISOString()
    const setBy = by.actor.person
    if (replaces) await endPassword(tx, replaces, setAt)
    await insertPassword(tx, { id: deps.newId(), identityId: identity.id, hash, setBy, setAt })
    await record(tx, deps, {
      type: 'user.password-set',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'user', id: user },
      after: { setBy, replacesOne: replaces !== undefined },
    })
    return { user, setBy, setAt }
  })
}
