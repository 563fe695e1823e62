import { didYouMean, PlatformError, type RoleBinding } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { countAdmins, findIdentity, type Identity, identityNames, replaceRoles, setDisabled } from './store.ts'

/**
 * Replaces what an identity may do.
 * @throws PlatformError `identity_not_found`, `last_admin`
 */
export async function setRoles(
  tx: Tx,
  deps: Deps,
  wanted: { name: string; roles: readonly RoleBinding[] },
  by: RequestContext,
): Promise<{ name: string; roles: RoleBinding[] }> {
  const before = await existing(tx, wanted.name)
  await replaceRoles(tx, before.id, wanted.roles)
  await keepAnAdmin(tx, before)
  const { roles } = (await findIdentity(tx, { id: before.id }))!
  await record(tx, deps, {
    type: 'identity.roles-changed',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: before.kind, id: before.name },
    before: { roles: before.roles },
    after: { roles },
  })
  return { name: before.name, roles }
}

/**
 * Ends everything an identity may do at once; a user's service accounts end with them.
 * @throws PlatformError `identity_not_found`, `last_admin`
 */
export const disable = (deps: Deps, name: string, by: RequestContext) =>
  transact(deps.db, (tx) => disableIn(tx, deps, name, by))

/** The same inside a transaction that does more, as the end of a deployment. */
export async function disableIn(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  name: string,
  by: RequestContext,
): Promise<{ name: string; disabledAt: string }> {
  const identity = await existing(tx, name)
  if (identity.disabledAt) return { name, disabledAt: identity.disabledAt }
  const disabledAt = deps.now().toISOString()
  await setDisabled(tx, identity.id, disabledAt)
  await keepAnAdmin(tx, identity)
  await record(tx, deps, {
    type: 'identity.disabled',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: identity.kind, id: name },
    before: { roles: identity.roles },
    after: { disabledAt },
  })
  return { name, disabledAt }
}

export async function existing(tx: Tx, name: string): Promise<Identity> {
  const identity = await findIdentity(tx, { name })
  if (identity) return identity
  const names = didYouMean(name, await identityNames(tx))
  throw new PlatformError('identity_not_found', `There is no user or service account ${name}. ${names}`)
}

async function keepAnAdmin(tx: Tx, changed: Identity): Promise<void> {
  if ((await countAdmins(tx)) > 0) return
  throw new PlatformError(
    'last_admin',
    `${changed.name} is the last platform-admin of the workspace; without one nobody could manage it.`,
  )
}
