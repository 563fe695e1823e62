import { PlatformError, type RoleBinding, type ServiceAccount, type User } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findIdentity, type Identity, insertIdentity, replaceRoles } from './store.ts'

type Wanted = { name: string; roles: readonly RoleBinding[] }

/** @throws PlatformError `identity_exists` */
export async function createUser(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<User> {
  return userOf(await create(tx, deps, { ...wanted, owner: null }, by))
}

/** @throws PlatformError `identity_exists`, `identity_not_found` when the owner is not a user */
export async function createServiceAccount(
  tx: Tx,
  deps: Deps,
  wanted: Wanted & { owner: string },
  by: RequestContext,
): Promise<ServiceAccount> {
  const owner = await findIdentity(tx, { name: wanted.owner })
  if (owner?.kind !== 'user')
    throw new PlatformError('identity_not_found', `There is no user ${wanted.owner} to answer for it.`)
  return serviceAccountOf(await create(tx, deps, { ...wanted, owner }, by))
}

async function create(
  tx: Tx,
  deps: Deps,
  wanted: Wanted & { owner: Identity | null },
  by: RequestContext,
): Promise<Identity> {
  const { name, owner } = wanted
  if (await findIdentity(tx, { name }))
    throw new PlatformError('identity_exists', `There is a user or service account ${name} already.`)
  const id = deps.newId()
  const kind = owner ? 'service-account' : 'user'
  await insertIdentity(tx, {
    id,
    name,
    kind,
    owner_id: owner?.id ?? null,
    disabled_at: null,
    created_at: deps.now().toISOString(),
  })
  await replaceRoles(tx, id, wanted.roles)
  const made = (await findIdentity(tx, { id }))!
  await record(tx, deps, {
    type: `${kind}.created`,
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind, id: name },
    after: { owner: made.owner, roles: made.roles },
  })
  return made
}

export const userOf = ({ id, name, roles, disabledAt, createdAt }: Identity): User => ({
  id,
  name,
  roles,
  disabledAt,
  createdAt,
})

export const serviceAccountOf = ({ owner, ...identity }: Identity): ServiceAccount => ({
  ...userOf({ owner, ...identity }),
  owner: owner!,
})
