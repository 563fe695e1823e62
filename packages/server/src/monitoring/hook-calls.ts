import { type DriftHookCall, type DriftHookEnd, type DriftNotice, PlatformError } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Db, Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findSnapshot } from '../pipelines/store.ts'
import {
  findHookCall,
  type HookCaller,
  hookCallRow,
  insertHookCalls,
  setHookEnd,
  takeHookCall,
} from './hook-call-store.ts'

/** Which hooks a breach calls, and who runs them. */
export type Hooked = { project: string; snapshotId: string; hooks: readonly string[] }

/** The drift hooks that a snapshot names. */
export async function driftHooksOf(db: Db, project: string, snapshotId: string): Promise<Hooked> {
  const snapshot = await findSnapshot(db, project, { id: snapshotId })
  return { project, snapshotId, hooks: snapshot?.spec.hooks.drift ?? [] }
}

type By = { deploymentId: string } | { runId: string; batchId: string }

/**
 * Lets each drift hook be called once of a breach that began, in the transaction that records it. It waits there for a
 * process that has the project's code; what is taken is never given to another, so that a kill loses a call but makes no
 * second one. Returns the names.
 */
export async function postHookCalls(
  tx: Tx,
  { now, newId }: Pick<Deps, 'now' | 'newId'>,
  { hooked, notice, by }: { hooked: Hooked; notice: DriftNotice; by: By },
): Promise<readonly string[]> {
  const owner =
    'deploymentId' in by
      ? { deployment_id: by.deploymentId, run_id: null, batch_id: null }
      : { deployment_id: null, run_id: by.runId, batch_id: by.batchId }
  const { project, snapshotId, hooks } = hooked
  const about = { project, snapshot_id: snapshotId, created_at: now().toISOString(), ...owner }
  await insertHookCalls(
    tx,
    hooks.map((hook) => hookCallRow({ id: newId(), hook, ...about }, notice)),
  )
  return hooks
}

type Asking = { project: string; by: HookCaller }

/** Takes the next call that waits, which nobody else is given then. */
export const claimHookCall = async (
  tx: Tx,
  { now }: Pick<Deps, 'now'>,
  asking: Asking,
): Promise<{ call: DriftHookCall | null }> => ({ call: await takeHookCall(tx, { ...asking, now: now() }) })

/**
 * Records how a hook ended, as an event: a control that did not work is as much on record as one that did.
 * @throws PlatformError `drift_hook_not_found`, `drift_hook_not_running`
 */
export async function endHookCall(
  tx: Tx,
  deps: Deps,
  { project, by: caller, callId, end }: Asking & { callId: string; end: DriftHookEnd },
  by: RequestContext,
): Promise<DriftHookCall> {
  const about = { project, id: callId, by: caller, now: deps.now() }
  const call = await findHookCall(tx, about)
  if (!call) throw new PlatformError('drift_hook_not_found', `There is no call ${callId} of a drift hook here.`)
  const { outcome: state, error, hookDigest } = end
  // Its process says it again where it heard no answer.
  if (call.state === state && call.error === error) return call
  if (call.state !== 'running' && call.state !== 'lost')
    throw new PlatformError('drift_hook_not_running', `The call ${callId} of ${call.hook} is ${call.state}.`)
  await setHookEnd(tx, callId, { state, error, hook_digest: hookDigest, ended_at: deps.now().toISOString() })
  const { source, number } = call.notice
  await record(tx, deps, {
    type: 'drift-hook.ended',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: source.kind, id: source.id, digest: call.notice.digest },
    after: { call: callId, hook: call.hook, hookDigest, snapshotId: call.snapshotId, number, outcome: state, error },
  })
  return (await findHookCall(tx, about))!
}
