import { canonicalJson, digestOf } from '@airlock-ml/bundle'
import type {
  Api,
  Change,
  ChangeContent,
  Held,
  HeldOperation,
  Json,
  RouteArgs,
  RouteResult,
} from '@airlock-ml/contract'
import { record, systemActor } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { rehearse } from '../db/rehearse.ts'
import type { Deps } from '../deps.ts'
import { closeSetUp, fourEyesInForce } from '../four-eyes/in-force.ts'
import type { RequestContext } from '../http/request-context.ts'
import { baseOf, type HeldAct, heldActs, type Proposal } from './acts.ts'
import { requestersOf } from './requesters.ts'
import { findPending, insertChange, withDeciders } from './store.ts'

const EXPIRES_AFTER_MS = 7 * 24 * 60 * 60_000

type Handler<K extends HeldOperation> = (
  tx: Tx,
  args: RouteArgs<Api[K]>,
  by: RequestContext,
) => Promise<RouteResult<Api[K]>>

/** The handlers of every operation that four eyes hold. */
export const heldHandlers = (deps: Deps): { [K in HeldOperation]: Handler<K> } => ({
  applyPolicy: hold(deps, 'applyPolicy'),
  applyComparison: hold(deps, 'applyComparison'),
  addTrustedKey: hold(deps, 'addTrustedKey'),
  createUser: hold(deps, 'createUser'),
  createServiceAccount: hold(deps, 'createServiceAccount'),
  setRoles: hold(deps, 'setRoles'),
  createFederationRule: hold(deps, 'createFederationRule'),
  registerDecisionKey: hold(deps, 'registerDecisionKey'),
  updateDeployment: hold(deps, 'updateDeployment'),
})

/**
 * Does an act, or, when four eyes are in force and it loosens something, keeps it as a change request. An act that would
 * be refused is refused either way.
 */
function hold<K extends HeldOperation>(deps: Deps, operation: K): Handler<K> {
  const act = heldActs[operation] as unknown as HeldAct<K>
  return async (tx, args, by) => {
    const proposal = (await fourEyesInForce(tx)) ? await act.propose(tx, args, by) : null
    if (!proposal?.loosens) {
      const done = await act.apply(tx, deps, args, { by, approver: by })
      await closeSetUp(tx, deps, by)
      return done as RouteResult<Api[K]>
    }
    const approver = { ...by, actor: systemActor('four-eyes') }
    await rehearse(tx, () => act.apply(tx, deps, args, { by, approver }))
    const held: Held = { change: await requestChange(tx, deps, { operation, args: args as Json, proposal }, by) }
    return held as RouteResult<Api[K]>
  }
}

type Wanted = { operation: HeldOperation; args: Json; proposal: Proposal }

/** The same asked for again while it is pending is the same request. */
async function requestChange(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<Change> {
  const { operation, proposal } = wanted
  const now = deps.now()
  const basedOn = baseOf(proposal)
  // As it will be read back: without what JSON leaves out.
  const input = JSON.parse(toJson(wanted.args)) as Json
  const requestDigest = digestOf({ operation, input, basedOn })
  const pending = await findPending(tx, requestDigest, now.toISOString())
  if (pending) return withDeciders(tx, pending)
  const content: ChangeContent = {
    kind: 'airlock.change/v1',
    id: deps.newId(),
    workspace: deps.workspace.name,
    operation,
    project: (wanted.args as { project?: string }).project ?? null,
    subject: proposal.subject,
    input,
    basedOn,
    before: JSON.parse(toJson(proposal.before)) as Json,
    after: JSON.parse(toJson(proposal.after)) as Json,
    requestedBy: by.actor.name,
    requestedByPerson: by.actor.person,
    requestedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS).toISOString(),
  }
  const digest = digestOf(content)
  await insertChange(tx, {
    id: content.id,
    digest,
    content: Buffer.from(canonicalJson(content)).toString(),
    operation,
    request_digest: requestDigest,
    requester: toJson(by.actor),
    requesters: toJson(await requestersOf(tx, by)),
    expires_at: content.expiresAt,
  })
  await record(tx, deps, {
    type: 'change.requested',
    actor: by.actor,
    requestId: by.requestId,
    project: content.project,
    subject: { kind: 'change', id: content.id, digest },
    before: content.before,
    after: content.after,
  })
  return withDeciders(tx, (await findPending(tx, requestDigest, now.toISOString()))!)
}
