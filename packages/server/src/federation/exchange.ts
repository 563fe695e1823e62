import type { ApiKey, Claims, FederationRule } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { actorOf } from '../identity/authenticate.ts'
import { insertNewApiKey } from '../identity/keys.ts'
import { findIdentity } from '../identity/store.ts'
import { rulesOf, takeToken } from './store.ts'
import { claimedIssuer, type IssuerKeys, refused, verifyToken } from './token.ts'

const KEY_LIFE_MS = 15 * 60_000

/** Claims that say who it was, kept in the event. */
const told = ['sub', 'repository', 'repository_id', 'job_workflow_ref', 'ref', 'environment', 'actor', 'run_id']

/**
 * Exchanges a token for an API key of the service account whose rule it fits, for 15 minutes. No issuer is asked that no
 * rule names; each token is taken once.
 * @throws PlatformError `federation_token_refused`, `federation_issuer_unreachable`, `identity_disabled`
 */
export async function exchangeToken(
  deps: Deps,
  keys: IssuerKeys,
  token: string,
  { requestId }: RequestContext,
): Promise<{ apiKey: ApiKey; secret: string }> {
  const issuer = claimedIssuer(token)
  const rules = await rulesOf(deps.db, issuer)
  if (rules.length === 0) throw refused(`no rule names the issuer ${issuer}`)
  const now = deps.now()
  const audiences = [...new Set(rules.map(({ audience }) => audience))]
  const payload = await verifyToken(token, { keys, issuer, audiences, now })
  return transact(deps.db, async (tx) => {
    const rule = (await rulesOf(tx, issuer)).find((each) => fits(each, payload))
    if (!rule) throw refused('its claims fit no rule')
    const expiresAt = new Date(payload.exp * 1_000 + 60_000).toISOString()
    const isNew = await takeToken(tx, { issuer, tokenId: payload.jti, expiresAt }, now.toISOString())
    if (!isNew) throw refused('it was exchanged before')
    const account = (await findIdentity(tx, { name: rule.serviceAccount }))!
    const by = { actor: actorOf(account, null), roles: [], requestId }
    const keyEndsAt = new Date(now.getTime() + KEY_LIFE_MS).toISOString()
    const made = await insertNewApiKey(
      tx,
      deps,
      { identity: account.name, expiresAt: keyEndsAt, federation: { ruleId: rule.id, claims: claimsOf(payload) } },
      by,
    )
    await record(tx, deps, {
      type: 'federation.signed-in',
      actor: by.actor,
      requestId,
      project: null,
      subject: { kind: 'federation-rule', id: rule.id },
      after: {
        issuer,
        apiKeyId: made.apiKey.id,
        claims: Object.fromEntries(
          told.filter((name) => typeof payload[name] === 'string').map((name) => [name, String(payload[name])]),
        ),
      },
    })
    return made
  })
}

/** The claims that policies can ask for. The token's own id says nothing about who it was. */
const claimsOf = (payload: Record<string, unknown>): Claims =>
  Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' && name !== 'jti' ? [[name, value]] : [],
    ),
  )

const fits = ({ audience, claims }: FederationRule, payload: Record<string, unknown>): boolean =>
  [payload.aud].flat().includes(audience) &&
  Object.entries(claims).every(([name, value]) => Object.hasOwn(payload, name) && payload[name] === value)
