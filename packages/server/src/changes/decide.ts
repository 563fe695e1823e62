import { api, type Change, type Json, mayDo, PlatformError, type Route } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import { demandDecisionSignature } from '../decision-keys/demand-signature.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findIdentity } from '../identity/store.ts'
import { baseOf, type HeldAct, heldActs } from './acts.ts'
import { findChange, type KnownChange, setDecided, withDeciders } from './store.ts'

/**
 * Approves a change request and applies it, in one transaction. What it was based on must still be there, and whoever
 * asked must still be allowed to.
 * @throws PlatformError `change_not_found`, `change_ended`, `change_by_requester`, `change_outdated`,
 * `decision_key_missing`, `decision_signature_invalid`, and those of the act
 */
export const approveChange = (
  deps: Deps,
  { id, reason, signature }: { id: string; reason: string | null; signature: string },
  by: RequestContext,
): Promise<Change> =>
  transact(deps.db, async (tx) => {
    const known = await pendingChange(tx, deps, id)
    const { change } = known
    demandOther(known, by)
    const signed = await demandDecisionSignature(tx, deps, {
      by,
      decision: { verdict: 'approved', subject: { kind: 'change', id }, digest: change.digest, reason },
      signature,
    })
    const requester = await requesterNow(tx, known, by)
    const act = heldActs[change.operation] as unknown as HeldAct
    const input = change.input as never
    if (baseOf(await act.propose(tx, input, requester)) !== change.basedOn)
      throw outdated(change, `The ${change.subject} is no longer what it was when ${change.requestedBy} asked.`)
    await act.apply(tx, deps, input, { by: requester, approver: by })
    return end(tx, deps, { change, verdict: 'approved', reason, signed }, by)
  })

/** Rejects a change request for good; whoever asked may withdraw it. @throws PlatformError `change_not_found`, `change_ended` */
export const rejectChange = (
  deps: Deps,
  { id, reason }: { id: string; reason: string },
  by: RequestContext,
): Promise<Change> =>
  transact(deps.db, async (tx) => {
    const { change } = await pendingChange(tx, deps, id)
    return end(tx, deps, { change, verdict: 'rejected', reason, signed: null }, by)
  })

/** @throws PlatformError `change_not_found` */
export async function existingChange(db: Deps['db'], deps: Deps, id: string): Promise<KnownChange> {
  const known = await findChange(db, id, deps.now().toISOString())
  if (!known) throw new PlatformError('change_not_found', `There is no change request ${id}.`)
  return known
}

async function pendingChange(tx: Tx, deps: Deps, id: string): Promise<KnownChange> {
  const known = await existingChange(tx, deps, id)
  const { state, expiresAt, decision } = known.change
  if (state === 'pending') return known
  const how = state === 'expired' ? `ran out at ${expiresAt}` : `was ${state} by ${decision?.by} at ${decision?.at}`
  throw new PlatformError('change_ended', `The change request ${how}.`, { state })
}

/** A second person, who could do the act themselves. */
function demandOther({ change, requesters }: KnownChange, { actor, roles }: RequestContext): void {
  if (requesters.includes(actor.person)) {
    const how = actor.person === change.requestedByPerson ? 'asked for it' : `made a key of ${change.requestedBy}`
    throw new PlatformError('change_by_requester', `${actor.person} ${how}, and cannot be the second person.`, {
      requestedBy: change.requestedBy,
    })
  }
  const { action } = api[change.operation] as Route
  const everywhere = roles.filter(({ project }) => project === '*').map(({ role }) => role)
  if (action === 'public' || action === 'authenticated' || mayDo(everywhere, action)) return
  throw new PlatformError('forbidden', `${actor.name} may not do ${action} in the workspace.`, { action })
}

/** Whoever asked, as they are now. */
async function requesterNow(tx: Tx, { change, requester }: KnownChange, by: RequestContext): Promise<RequestContext> {
  const identity = await findIdentity(tx, { name: requester.name })
  if (!identity || identity.disabledAt) throw outdated(change, `${requester.name}, who asked, is disabled.`)
  const { action } = api[change.operation] as Route
  const here = identity.roles
    .filter(({ project }) => project === '*' || project === change.project)
    .map(({ role }) => role)
  if (action === 'public' || action === 'authenticated' || mayDo(here, action))
    return { actor: requester, roles: identity.roles, requestId: by.requestId }
  throw outdated(change, `${requester.name}, who asked, may not do ${action} any more.`)
}

const outdated = ({ id }: Pick<Change, 'id'>, why: string) => new PlatformError('change_outdated', why, { change: id })

type Ending = {
  change: KnownChange['change']
  verdict: 'approved' | 'rejected'
  reason: string | null
  signed: { signature: string; keyFingerprint: string } | null
}

async function end(tx: Tx, deps: Deps, { change, verdict, reason, signed }: Ending, by: RequestContext) {
  const state = verdict === 'approved' ? 'applied' : 'rejected'
  const { name, person } = by.actor
  const { signature, keyFingerprint } = signed ?? { signature: null, keyFingerprint: null }
  const decision = { verdict, by: name, person, reason, at: deps.now().toISOString(), signature, keyFingerprint }
  await setDecided(tx, change.id, { state, decision })
  await record(tx, deps, {
    type: `change.${state}`,
    actor: by.actor,
    requestId: by.requestId,
    project: change.project,
    subject: { kind: 'change', id: change.id, digest: change.digest },
    after: { operation: change.operation, subject: change.subject, requestedBy: change.requestedBy, ...signed } as Json,
    reason,
  })
  return withDeciders(tx, await existingChange(tx, deps, change.id))
}
