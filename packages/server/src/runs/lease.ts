import { PlatformError } from '@airlock-ml/contract'
import { record, systemActor } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { type Executor, stateOf } from '../executor.ts'
import { endRunningSteps } from './step-store.ts'
import { cancelRequestOf, endRun, findRun, findRunning, type RunRow, renewLease } from './store.ts'

/** How long a run is believed to live without a sign of life. */
const LEASE_MS = 60_000

export const leaseEnd = ({ now }: Pick<Deps, 'now'>): string => new Date(now().getTime() + LEASE_MS).toISOString()

/**
 * Renews the lease of a run; everything a run writes begins with it, in the same transaction.
 * @throws PlatformError `run_not_found`, `run_not_running`, `run_lease_lost`
 */
export async function holdRun(
  tx: Tx,
  deps: Pick<Deps, 'now'>,
  held: { project: string; runId: string; leaseToken: string },
): Promise<RunRow> {
  const run = await renewLease(tx, { runId: held.runId, token: held.leaseToken, expiresAt: leaseEnd(deps) })
  if (run && run.project === held.project) return run
  const known = await existingRun(tx, held.project, held.runId)
  if (known.status === 'lost')
    throw new PlatformError('run_lease_lost', `Run ${known.id} gave no sign of life until ${known.lease_expires_at}.`)
  if (known.status !== 'running') throw new PlatformError('run_not_running', `Run ${known.id} is ${known.status}.`)
  throw new PlatformError('run_lease_lost', `Run ${known.id} is held by another process.`)
}

/** @throws PlatformError `run_not_found` */
export async function existingRun(db: Tx | Deps['db'], project: string, runId: string): Promise<RunRow> {
  const run = await findRun(db, project, runId)
  if (!run) throw new PlatformError('run_not_found', `The project ${project} has no run ${runId}.`)
  return run
}

/** Marks the runs whose process died as `lost`, and returns how many. */
export async function reapLostRuns(deps: Deps): Promise<number> {
  const now = deps.now()
  if (!(await findRunning(deps.db)).some((run) => isLost(run, now))) return 0
  return transact(deps.db, async (tx) => {
    const lost = (await findRunning(tx)).filter((run) => isLost(run, now))
    for (const run of lost) await loseRun(tx, deps, run)
    return lost.length
  })
}

/** A process of this machine that is seen alive may be silent this long: a step that computes cannot renew a lease. */
const BUSY_MS = 24 * 60 * 60_000

/** Whether the process of a run is dead, or silent for too long. */
export function isLost({ lease_expires_at: leaseEnd, executor }: RunRow, now: Date): boolean {
  const silentMs = now.getTime() - Date.parse(leaseEnd)
  const state = executor === null ? 'unknown' : stateOf(fromJson<Executor>(executor))
  if (state === 'dead') return true
  return silentMs > (state === 'alive' ? BUSY_MS : 0)
}

/** Marks one run as `lost`, or as `cancelled` where somebody had asked for its end. */
export async function loseRun(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  run: Pick<RunRow, 'id' | 'project' | 'pipeline' | 'cancel_request'>,
): Promise<void> {
  const at = deps.now().toISOString()
  const request = cancelRequestOf(run)
  const status = request ? 'cancelled' : 'lost'
  const message = request ? `cancelled by ${request.by}` : 'Its process died or stopped renewing its lease.'
  await endRun(tx, run.id, { status, at, error: { step: null, message } })
  await endRunningSteps(tx, run.id, { status, at, error: message })
  await record(tx, deps, {
    type: `run.${status}`,
    actor: systemActor('lease-keeper'),
    requestId: null,
    project: run.project,
    subject: { kind: 'run', id: run.id },
    after: { pipeline: run.pipeline },
  })
}
