import type { Actor, Claims } from '@airlock-ml/contract'
import { fromJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../http/request-context.ts'
import { isSecret, parseBearer } from './api-key.ts'
import { apiKeyOf, findCaller, type Identity } from './store.ts'

/** Who an `Authorization` header belongs to, or null when its key is unknown, expired, revoked or of a disabled person. */
export async function authenticate(deps: Deps, authorization: string | undefined): Promise<Caller | null> {
  const given = parseBearer(authorization)
  if (!given) return null
  const found = await findCaller(deps.db, given.id)
  if (!found) return null
  const { key, identity } = found
  if (!isSecret(given.secret, key.secret_hmac, deps.pepper)) return null
  if (!isInForce(found, deps.now())) return null
  return {
    actor: actorOf(identity, key),
    roles: identity.roles,
    scope: apiKeyOf(key).scope,
    mintedBy: key.minted_by,
    isFederated: key.federation_rule_id !== null,
    isSession: key.password_id !== null,
    claims: key.claims === null ? null : fromJson<Claims>(key.claims),
  }
}

/** Whether a key still opens what it opened: for requests that take long. */
export async function isSignedIn({ db, now }: Pick<Deps, 'db' | 'now'>, apiKeyId: string): Promise<boolean> {
  const found = await findCaller(db, apiKeyId)
  return found !== undefined && isInForce(found, now())
}

const isInForce = ({ key, identity }: NonNullable<Awaited<ReturnType<typeof findCaller>>>, now: Date): boolean =>
  !key.revoked_at && !(key.expires_at && key.expires_at <= now.toISOString()) && !identity.disabledAt

type SignInKey = { id: string; password_id: string | null; federation_rule_id: string | null }

/** A user and their service accounts are one person. Null for who is only about to get a key. */
export const actorOf = (identity: Identity, key: SignInKey | null): Actor => ({
  identityId: identity.id,
  kind: identity.kind,
  name: identity.name,
  person: identity.owner ?? identity.name,
  apiKeyId: key?.id ?? null,
  signedInBy: key && signInOf(key),
})

const signInOf = ({ password_id: password, federation_rule_id: rule }: SignInKey): Actor['signedInBy'] =>
  password !== null ? 'password' : rule !== null ? 'token' : 'api-key'
