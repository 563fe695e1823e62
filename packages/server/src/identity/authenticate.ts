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
  if (key.revoked_at || (key.expires_at && key.expires_at <= deps.now().toISOString())) return null
  if (identity.disabledAt) return null
  return {
    actor: actorOf(identity, key.id),
    roles: identity.roles,
    scope: apiKeyOf(key).scope,
    mintedBy: key.minted_by,
    isFederated: key.federation_rule_id !== null,
    isSession: key.password_id !== null,
    claims: key.claims === null ? null : fromJson<Claims>(key.claims),
  }
}

/** A user and their service accounts are one person. */
export const actorOf = (identity: Identity, apiKeyId: string | null): Actor => ({
  identityId: identity.id,
  kind: identity.kind,
  name: identity.name,
  person: identity.owner ?? identity.name,
  apiKeyId,
})
