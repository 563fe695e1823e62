import type { ApiKey, KeyScope, Page, PageQuery, Role, RoleBinding } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

type IdentityKind = 'user' | 'service-account'

export type IdentityTables = {
  identities: {
    id: string
    name: string
    kind: IdentityKind
    owner_id: string | null
    disabled_at: string | null
    created_at: string
  }
  role_bindings: { identity_id: string; project: string; role: Role }
  api_keys: {
    id: string
    identity_id: string
    secret_hmac: string
    created_at: string
    expires_at: string | null
    revoked_at: string | null
    scope: string
    /** The person who made it; null for a key that was got for a token. */
    minted_by: string | null
    /** The rule whose token it was exchanged for; null for a key that an admin made. */
    federation_rule_id: string | null
    /** What that token said, verified when it was exchanged. */
    claims: string | null
    /** The password that it was got for; null for one that was not. */
    password_id: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends IdentityTables {}
}

/** An identity as the slice's rules see it. */
export type Identity = {
  id: string
  name: string
  kind: IdentityKind
  owner: string | null
  /** The identity's own, or its owner's. */
  disabledAt: string | null
  createdAt: string
  roles: RoleBinding[]
}

const withOwner = (db: Db) =>
  db
    .selectFrom('identities')
    .leftJoin('identities as owners', 'owners.id', 'identities.owner_id')
    .select([
      'identities.id',
      'identities.name',
      'identities.kind',
      'identities.disabled_at',
      'identities.created_at',
      'owners.name as owner_name',
      'owners.disabled_at as owner_disabled_at',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof withOwner>['executeTakeFirstOrThrow']>>

const identityOf = (row: Row, roles: RoleBinding[]): Identity => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  owner: row.owner_name,
  disabledAt: row.disabled_at ?? row.owner_disabled_at,
  createdAt: row.created_at,
  roles,
})

export const rolesOf = (db: Db, identityId: string): Promise<RoleBinding[]> =>
  db
    .selectFrom('role_bindings')
    .select(['project', 'role'])
    .where('identity_id', '=', identityId)
    .orderBy('project')
    .orderBy('role')
    .execute()

export async function findIdentity(db: Db, by: { id: string } | { name: string }): Promise<Identity | undefined> {
  const row = await withOwner(db)
    .$if('id' in by, (q) => q.where('identities.id', '=', (by as { id: string }).id))
    .$if('name' in by, (q) => q.where('identities.name', '=', (by as { name: string }).name))
    .executeTakeFirst()
  return row && identityOf(row, await rolesOf(db, row.id))
}

/** The names of people and machines, for who mistyped one and may list them. */
export async function identityNames(db: Db, kind?: IdentityKind): Promise<string[]> {
  const query = db.selectFrom('identities').select('name').limit(1_000)
  const rows = await query.$if(kind !== undefined, (q) => q.where('kind', '=', kind!)).execute()
  return rows.map(({ name }) => name)
}

export async function listIdentities(db: Db, kind: IdentityKind, page: PageQuery): Promise<Page<Identity>> {
  const query = withOwner(db).where('identities.kind', '=', kind)
  const rows = await pageOf(query, page, { column: 'identities.name', direction: 'asc', valueOf: (row) => row.name })
  const items = await Promise.all(rows.items.map(async (row) => identityOf(row, await rolesOf(db, row.id))))
  return { items, nextCursor: rows.nextCursor }
}

export const insertIdentity = (tx: Tx, row: IdentityTables['identities']) =>
  tx.insertInto('identities').values(row).execute()

export async function replaceRoles(tx: Tx, identityId: string, roles: readonly RoleBinding[]): Promise<void> {
  await tx.deleteFrom('role_bindings').where('identity_id', '=', identityId).execute()
  if (roles.length === 0) return
  await tx
    .insertInto('role_bindings')
    .values(roles.map(({ project, role }) => ({ identity_id: identityId, project, role })))
    .onConflict((c) => c.doNothing())
    .execute()
}

export const setDisabled = (tx: Tx, identityId: string, at: string) =>
  tx.updateTable('identities').set({ disabled_at: at }).where('id', '=', identityId).execute()

/** Names of the users who are not disabled and have one of the roles in a project or everywhere. */
export async function identitiesWithRole(db: Db, project: string, roles: readonly Role[]): Promise<string[]> {
  const rows = await db
    .selectFrom('identities')
    .innerJoin('role_bindings', 'role_bindings.identity_id', 'identities.id')
    .select('identities.name')
    .distinct()
    .where('identities.kind', '=', 'user')
    .where('identities.disabled_at', 'is', null)
    .where('role_bindings.project', 'in', [project, '*'])
    .where('role_bindings.role', 'in', [...roles])
    .orderBy('identities.name')
    .execute()
  return rows.map(({ name }) => name)
}

/** How many users who are not disabled are platform-admin of the whole workspace. */
export async function countAdmins(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('identities')
    .innerJoin('role_bindings', 'role_bindings.identity_id', 'identities.id')
    .select((e) => e.fn.countAll().as('n'))
    .where('identities.kind', '=', 'user')
    .where('identities.disabled_at', 'is', null)
    .where('role_bindings.project', '=', '*')
    .where('role_bindings.role', '=', 'platform-admin')
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

const withIdentity = (db: Db) =>
  db
    .selectFrom('api_keys')
    .innerJoin('identities', 'identities.id', 'api_keys.identity_id')
    .selectAll('api_keys')
    .select('identities.name as identity_name')

type KeyRow = Awaited<ReturnType<ReturnType<typeof withIdentity>['executeTakeFirstOrThrow']>>

export const apiKeyOf = (row: KeyRow): ApiKey => ({
  id: row.id,
  identity: row.identity_name,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  scope: fromJson<KeyScope>(row.scope),
  mintedBy: row.minted_by,
})

/** An API key, whose it is and what they may, in one query: every request begins with it. */
export async function findCaller(db: Db, apiKeyId: string): Promise<{ key: KeyRow; identity: Identity } | undefined> {
  const { rows } = await callerRows(db, { apiKeyId })
  const row = rows[0]
  if (!row) return undefined
  const roles = rows.flatMap(({ project, role }) => (project === null || role === null ? [] : [{ project, role }]))
  const { identity_id: id, identity_name: name, identity_created_at: created_at } = row
  const { kind, disabled_at, owner_name, owner_disabled_at } = row
  const owned = { id, name, kind, created_at, disabled_at, owner_name, owner_disabled_at }
  return { key: row, identity: identityOf(owned, roles) }
}

const callerRows = prepared((db, { apiKeyId }: { apiKeyId: string }) =>
  withIdentity(db)
    .leftJoin('identities as owners', 'owners.id', 'identities.owner_id')
    .leftJoin('role_bindings', 'role_bindings.identity_id', 'identities.id')
    .select([
      'identities.kind',
      'identities.disabled_at',
      'identities.created_at as identity_created_at',
      'owners.name as owner_name',
      'owners.disabled_at as owner_disabled_at',
      'role_bindings.project',
      'role_bindings.role',
    ])
    .where('api_keys.id', '=', apiKeyId)
    .orderBy('role_bindings.project')
    .orderBy('role_bindings.role'),
)

export const findApiKey = (db: Db, id: string) => withIdentity(db).where('api_keys.id', '=', id).executeTakeFirst()

export async function listApiKeys(db: Db, identity: string | undefined, page: PageQuery): Promise<Page<ApiKey>> {
  const query = withIdentity(db).$if(identity !== undefined, (q) => q.where('identities.name', '=', identity!))
  return mapPage(
    await pageOf(query, page, { column: 'api_keys.id', direction: 'asc', valueOf: (row) => row.id }),
    apiKeyOf,
  )
}

/** The persons who made a key of one of these identities since some moment, for somebody else. */
export async function mintersOf(db: Db, names: readonly string[], since: string): Promise<string[]> {
  const rows = await withIdentity(db)
    .where('identities.name', 'in', [...names])
    .where('api_keys.created_at', '>=', since)
    .where('api_keys.minted_by', 'is not', null)
    .execute()
  return [...new Set(rows.map((row) => row.minted_by!))]
}

export const insertApiKey = (tx: Tx, row: IdentityTables['api_keys']) => tx.insertInto('api_keys').values(row).execute()

export const setExpiry = (tx: Tx, id: string, at: string) =>
  tx.updateTable('api_keys').set({ expires_at: at }).where('id', '=', id).execute()

export const setRevoked = (tx: Tx, id: string, at: string) =>
  tx.updateTable('api_keys').set({ revoked_at: at }).where('id', '=', id).execute()
