import { type FederationRule, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findIdentity } from '../identity/store.ts'
import { unboundClaims } from './binding.ts'
import { endRule, findRule, insertRule } from './store.ts'

type Wanted = Pick<FederationRule, 'issuer' | 'audience' | 'claims' | 'serviceAccount'>

/**
 * Lets tokens of an issuer sign a service account in.
 * @throws PlatformError `identity_not_found`, `federation_rule_invalid`
 */
export async function createRule(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<FederationRule> {
  demandSafe(wanted)
  const account = await findIdentity(tx, { name: wanted.serviceAccount })
  if (account?.kind !== 'service-account')
    throw new PlatformError('identity_not_found', `There is no service account ${wanted.serviceAccount}.`)
  const rule = {
    ...wanted,
    id: deps.newId(),
    createdBy: by.actor.name,
    createdAt: deps.now().toISOString(),
    removedAt: null,
  }
  await insertRule(tx, rule)
  await record(tx, deps, {
    type: 'federation-rule.created',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'federation-rule', id: rule.id },
    after: wanted,
  })
  return rule
}

/** @throws PlatformError `federation_rule_not_found` */
export const removeRule = (
  deps: Deps,
  { id, reason }: { id: string; reason: string },
  by: RequestContext,
): Promise<FederationRule> =>
  transact(deps.db, async (tx) => {
    const rule = await findRule(tx, id)
    if (!rule) throw new PlatformError('federation_rule_not_found', `There is no federation rule ${id}.`)
    if (rule.removedAt) return rule
    const removedAt = deps.now().toISOString()
    await endRule(tx, id, removedAt)
    await record(tx, deps, {
      type: 'federation-rule.removed',
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'federation-rule', id },
      before: { issuer: rule.issuer, serviceAccount: rule.serviceAccount },
      reason,
    })
    return { ...rule, removedAt }
  })

function demandSafe({ issuer, claims }: Wanted): void {
  const { protocol, hostname } = new URL(issuer)
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback))
    throw new PlatformError('federation_rule_invalid', `The keys of ${issuer} would be fetched over an open line.`, {
      needs: ['an https issuer'],
    })
  const missing = unboundClaims(issuer, claims)
  if (missing.length === 0) return
  throw new PlatformError(
    'federation_rule_invalid',
    `The rule binds to no ${missing.join(' and no ')}, so that others could get such a token.`,
    {
      needs: missing,
    },
  )
}
