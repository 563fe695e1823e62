import { type DecisionKey, mayDo, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findDecisionKey, setKeyAlsoEnded, setKeyRevoked } from './store.ts'

/**
 * Ends a key at once. Only when somebody else does may its person register another, so an admin may also end a key that
 * its person ended before; when and by whom it ended first stays.
 * @throws PlatformError `decision_key_not_found` (also for somebody else's, to who may not)
 */
export const revokeDecisionKey = (deps: Deps, fingerprint: string, by: RequestContext): Promise<DecisionKey> =>
  transact(deps.db, async (tx) => {
    const key = await findDecisionKey(tx, fingerprint)
    const isOwn = key?.person === by.actor.person
    const everywhere = by.roles.filter(({ project }) => project === '*').map(({ role }) => role)
    if (!key || !(isOwn || mayDo(everywhere, 'identity:write'))) throw noSuchKey(fingerprint)
    if (key.revokedBy !== null && (isOwn || key.revokedBy !== key.person)) return key
    return endKey(tx, deps, key, by)
  })

/** The same inside a transaction that does more. */
export async function endKey(tx: Tx, deps: Deps, key: DecisionKey, by: RequestContext): Promise<DecisionKey> {
  const ended = { at: deps.now().toISOString(), by: by.actor.person }
  const isFirst = key.revokedBy === null
  if (isFirst) await setKeyRevoked(tx, key.fingerprint, ended)
  else if (!(await setKeyAlsoEnded(tx, key.fingerprint, ended.by))) return key
  await record(tx, deps, {
    type: 'decision-key.revoked',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'decision-key', id: key.fingerprint, digest: key.fingerprint },
    after: { person: key.person },
  })
  return isFirst ? { ...key, revokedAt: ended.at, revokedBy: ended.by } : key
}

export const noSuchKey = (fingerprint: string) =>
  new PlatformError('decision_key_not_found', `There is no decision key ${fingerprint}.`)
