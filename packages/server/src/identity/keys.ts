import { type ApiKey, type Claims, type KeyScope, mayDo, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { hmacOf, newApiKey } from './api-key.ts'
import { existing } from './change.ts'
import { apiKeyOf, findApiKey, insertApiKey, setExpiry, setRevoked } from './store.ts'

type Wanted = {
  identity: string
  expiresAt: string | null
  scope?: KeyScope
  /** The rule whose token it is exchanged for, with what that token said. */
  federation?: { ruleId: string; claims: Claims }
  mintedBy?: string | null
  /** The password it is got for. */
  passwordId?: string | null
}

const unbound: KeyScope = { project: null, actions: null }
type Made = { apiKey: ApiKey; secret: string }

/**
 * Makes a key; its secret leaves the server in this answer and never again.
 * @throws PlatformError `identity_not_found`, `identity_disabled`
 */
export const createApiKey = (deps: Deps, wanted: Wanted, by: RequestContext): Promise<Made> =>
  transact(deps.db, (tx) => insertNewApiKey(tx, deps, wanted, by))

/** The same inside a transaction that does more, as a workspace's birth. */
export async function insertNewApiKey(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId' | 'pepper'>,
  { identity, expiresAt, scope = unbound, federation, mintedBy: minter, passwordId = null }: Wanted,
  by: RequestContext,
): Promise<Made> {
  const mintedBy = federation ? null : minter === undefined ? minterOf(by, identity) : minter
  const owner = await existing(tx, identity)
  if (owner.disabledAt) throw new PlatformError('identity_disabled', `${identity} was disabled at ${owner.disabledAt}.`)
  if (expiresAt !== null && expiresAt <= deps.now().toISOString())
    throw new PlatformError('request_invalid', `The key would have ended already, at ${expiresAt}.`)
  const key = newApiKey()
  const createdAt = deps.now().toISOString()
  await insertApiKey(tx, {
    id: key.id,
    identity_id: owner.id,
    secret_hmac: hmacOf(key.secret, deps.pepper),
    created_at: createdAt,
    expires_at: expiresAt,
    revoked_at: null,
    scope: toJson(scope),
    federation_rule_id: federation?.ruleId ?? null,
    claims: federation ? toJson(federation.claims) : null,
    minted_by: mintedBy,
    password_id: passwordId,
  })
  await record(tx, deps, {
    type: 'api-key.created',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'api-key', id: key.id },
    after: { identity, expiresAt, scope, mintedBy },
  })
  return { apiKey: { id: key.id, identity, createdAt, expiresAt, revokedAt: null, scope, mintedBy }, secret: key.text }
}

/** Who saw the secret. At its birth a workspace has nobody else than its first admin. */
const minterOf = ({ actor }: RequestContext, identity: string) => (actor.kind === 'system' ? identity : actor.person)

/**
 * Replaces a key by one with the same scope; the old one ends after the overlap, so that whoever uses it can change over.
 * A person who rotates their own has made it; a machine that does is still held by who made the first.
 * @throws PlatformError `api_key_not_found` (also for a key of somebody else), `identity_disabled`, `forbidden`
 * for a key that was got for a token or a password, which ends by itself
 */
export const rotateApiKey = (
  deps: Deps,
  { id, overlapSeconds, expiresAt }: { id: string; overlapSeconds: number; expiresAt: string | null },
  by: RequestContext,
): Promise<Made> =>
  transact(deps.db, async (tx) => {
    const row = await findApiKey(tx, id)
    const isOwn = row?.identity_name === by.actor.name
    if (!row || row.revoked_at || !mayRotate(row, isOwn, by)) throw noSuchKey(id)
    demandLasting(row)
    const endsAt = new Date(deps.now().getTime() + overlapSeconds * 1_000).toISOString()
    const { identity, scope, expiresAt: before, mintedBy } = apiKeyOf(row)
    if (before === null || before > endsAt) await setExpiry(tx, id, endsAt)
    const isMachine = isOwn && by.actor.kind === 'service-account'
    const wanted = { identity, expiresAt, scope, ...(isMachine && { mintedBy }) }
    const made = await insertNewApiKey(tx, deps, wanted, by)
    await record(tx, deps, {
      type: 'api-key.rotated',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'api-key', id },
      after: { identity, replacedBy: made.apiKey.id, endsAt },
    })
    return made
  })

/** What was got for a token or a password ends by itself: replaced, it would not. */
function demandLasting(key: { id: string; federation_rule_id: string | null; password_id: string | null }): void {
  const { id } = key
  if (key.federation_rule_id !== null)
    throw new PlatformError('forbidden', `The key ${id} was got for a token and ends with it: exchange another token.`)
  if (key.password_id !== null)
    throw new PlatformError('forbidden', `The key ${id} was got for a password and ends by itself: sign in again.`)
}

/** A key that is bound, or was got for a token or a password, gets at itself only: through another it would do more than it may. */
function mayRotate(
  { id }: { id: string },
  isOwn: boolean,
  { actor, roles, scope, isFederated, isSession }: RequestContext,
): boolean {
  if (id === actor.apiKeyId) return true
  const isBound = scope !== undefined && (scope.project !== null || scope.actions !== null)
  if (isBound || isFederated || isSession) return false
  const everywhere = roles.filter(({ project }) => project === '*').map(({ role }) => role)
  return isOwn || mayDo(everywhere, 'identity:write')
}

/** @throws PlatformError `api_key_not_found` */
export const revokeApiKey = (deps: Deps, id: string, by: RequestContext): Promise<ApiKey> =>
  transact(deps.db, async (tx) => {
    const row = await findApiKey(tx, id)
    if (!row) throw noSuchKey(id)
    if (row.revoked_at) return apiKeyOf(row)
    const revokedAt = deps.now().toISOString()
    await setRevoked(tx, id, revokedAt)
    await record(tx, deps, {
      type: 'api-key.revoked',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'api-key', id },
      after: { identity: row.identity_name },
    })
    return { ...apiKeyOf(row), revokedAt }
  })

export const noSuchKey = (id: string) => new PlatformError('api_key_not_found', `There is no API key ${id}.`)
