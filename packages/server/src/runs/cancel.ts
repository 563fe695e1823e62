import { type CancelRequest, PlatformError, type Run } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingRun, isLost, loseRun } from './lease.ts'
import { showRun } from './show.ts'
import { findRun, requestCancel } from './store.ts'

/**
 * Asks for the end of a run. The process that runs it hears of it at its next sign of life, and at the next step it
 * wants to start; a run whose process is gone is cancelled here.
 * @throws PlatformError `run_not_found`, `run_not_running`
 */
export async function cancelRun(
  deps: Deps,
  { project, runId, reason }: { project: string; runId: string; reason?: string | undefined },
  by: RequestContext,
): Promise<Run> {
  await transact(deps.db, async (tx) => {
    const run = await existingRun(tx, project, runId)
    if (run.status !== 'running') throw new PlatformError('run_not_running', `Run ${run.id} is ${run.status}.`)
    const request: CancelRequest = { by: by.actor.name, at: deps.now().toISOString(), reason: reason ?? null }
    await requestCancel(tx, run.id, request)
    await recordRequest(tx, deps, { project, runId, request }, by)
    const asked = (await findRun(tx, project, runId))!
    if (isLost(asked, deps.now())) await loseRun(tx, deps, asked)
  })
  return showRun(deps.db, project, runId)
}

const recordRequest = (
  tx: Tx,
  deps: Deps,
  { project, runId, request }: { project: string; runId: string; request: CancelRequest },
  by: RequestContext,
) =>
  record(tx, deps, {
    type: 'run.cancel-requested',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'run', id: runId },
    after: {},
    reason: request.reason,
  })
