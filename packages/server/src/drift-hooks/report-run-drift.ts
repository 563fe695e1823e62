import type { DriftFinding, driftHookRoutes, RouteArgs, RouteResult } from '@airlock-ml/contract'
import { judgeDrift } from '@airlock-ml/tabular'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findVersion } from '../models/version-store.ts'
import { adoptHookCalls, insertBatchBreach } from '../monitoring/hook-call-store.ts'
import { driftHooksOf, postHookCalls } from '../monitoring/hook-calls.ts'
import { noticeOf } from '../monitoring/notice.ts'
import { driftLimitsOf } from '../policies/drift-limits.ts'
import { holdRun } from '../runs/lease.ts'
import type { RunRow } from '../runs/store.ts'

type Route = (typeof driftHookRoutes)['reportRunDrift']
type Reported = Pick<RouteArgs<Route>['body'], 'step' | 'batchId'>

/**
 * Judges the rows of a batch by the policy of the stage that its version holds now. A breach is an event, and calls the
 * drift hooks of the run's snapshot, once for each batch: whoever goes on with one that was told only takes over what
 * still waits of it.
 * @throws PlatformError those of `holdRun`
 */
export async function reportRunDrift(
  tx: Tx,
  deps: Deps,
  { project, runId, body: { leaseToken, summary, ...reported } }: RouteArgs<Route>,
  by: RequestContext,
): Promise<RouteResult<Route>> {
  const run = await holdRun(tx, deps, { project, runId, leaseToken })
  const { model_name: model, model_number: number } = run
  const version = model && number !== null ? await findVersion(tx, { project, model }, { number }) : undefined
  const limits = await driftLimitsOf(tx, { project, stage: version?.stage })
  const { level, findings } = judgeDrift(summary, limits)
  const breaches = findings.filter((finding) => finding.level === 'breach')
  if (breaches.length > 0) await tellBreach(tx, deps, { run, reported, rows: summary.rows, breaches }, by)
  return { level, findings: [...findings], limits: { ...limits } }
}

type Breach = { run: RunRow; reported: Reported; rows: number; breaches: readonly DriftFinding[] }

async function tellBreach(tx: Tx, deps: Deps, { run, reported, rows, breaches }: Breach, by: RequestContext) {
  const { id, project, pipeline, model_name: model, model_number: number, model_digest: digest } = run
  const { step, batchId } = reported
  // Only a run that is pinned to a version can say what its rows were held against.
  if (!model || number === null || !digest || run.snapshot_id === null) return
  await adoptHookCalls(tx, { project, batchId, runId: id })
  if (!(await insertBatchBreach(tx, { project, batch_id: batchId, digest }))) return
  const source = { kind: 'run' as const, id, pipeline, step }
  const notice = noticeOf({ source, model, number, digest, rows, at: deps.now().toISOString() }, breaches)
  const hooked = await driftHooksOf(tx, project, run.snapshot_id)
  const hooks = await postHookCalls(tx, deps, { hooked, notice, by: { runId: id, batchId } })
  await record(tx, deps, {
    type: 'run.drift-found',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'run', id, digest },
    after: fromJson(toJson({ step, batch: batchId, number, rows, breaches, hooks })),
  })
}
