import { randomBytes } from 'node:crypto'
import type { Promotion } from '@airlock-ml/contract'
import { record, systemActor } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { thisExecutor } from '../executor.ts'
import { leaseEnd, loseRun } from '../runs/lease.ts'
import { endRunningSteps, endStep, insertStep } from '../runs/step-store.ts'
import { endRun, findRun, insertRun, type RunEnd } from '../runs/store.ts'
import { demandLease, type PromotionLease } from './lease.ts'
import { setState } from './store.ts'

/** The run that an import shows as. */
const IMPORT_PIPELINE = 'import_model'
/** Its one step: what came in are its outputs. */
export const IMPORT_STEP = 'register'

const actor = systemActor('promotion-worker')

/** Starts the run of an import; an earlier try of the same promotion that died is marked `lost`. */
export const beginImportRun = (deps: Deps, promotion: Promotion, lease: PromotionLease): Promise<string> =>
  transact(deps.db, async (tx) => {
    await demandLease(tx, deps, lease)
    const { project } = promotion
    const before = promotion.runId && (await findRun(tx, project, promotion.runId))
    if (before && before.status === 'running') await loseRun(tx, deps, before)
    const id = deps.newId()
    const startedAt = deps.now().toISOString()
    await insertRun(tx, {
      id,
      project,
      pipeline: IMPORT_PIPELINE,
      snapshot_id: null,
      snapshot_digest: null,
      environment: 'production',
      stack: null,
      labels: toJson({}),
      status: 'running',
      grade: 'witnessed',
      model_action: 'imports',
      model_name: promotion.model,
      model_number: null,
      model_digest: null,
      started_by: actor.name,
      started_at: startedAt,
      ended_at: null,
      error: null,
      metadata: toJson({ promotionId: promotion.id }),
      hooks: toJson([]),
      lease_token: randomBytes(24).toString('base64url'),
      lease_expires_at: leaseEnd(deps),
      executor: toJson(thisExecutor()),
      champion_number: null,
      champion_digest: null,
      retry_of: null,
      cancel_request: null,
    })
    await insertStep(tx, {
      run_id: id,
      name: IMPORT_STEP,
      status: 'running',
      started_at: startedAt,
      ended_at: null,
      metadata: toJson({}),
      error: null,
    })
    await setState(tx, promotion.id, promotion.state, { run_id: id })
    await record(tx, deps, {
      type: 'run.started',
      actor,
      requestId: null,
      project,
      subject: { kind: 'run', id },
      after: { pipeline: IMPORT_PIPELINE, promotionId: promotion.id },
    })
    return id
  })

/** Ends it in the transaction that decides the promotion. */
export async function endImportRun(tx: Tx, deps: Deps, runId: string, end: Omit<RunEnd, 'at'>): Promise<void> {
  const at = deps.now().toISOString()
  if (end.status === 'completed')
    await endStep(tx, { runId, name: IMPORT_STEP }, { status: 'completed', at, metadata: {}, error: null })
  else
    await endRunningSteps(tx, runId, { status: 'failed', at, error: end.error?.message ?? 'The import was refused.' })
  const ended = await endRun(tx, runId, { ...end, at })
  if (!ended) return
  await record(tx, deps, {
    type: `run.${end.status}`,
    actor,
    requestId: null,
    project: ended.project,
    subject: { kind: 'run', id: runId },
    after: { pipeline: IMPORT_PIPELINE, version: end.model?.number ?? null },
    reason: end.error?.message.slice(0, 2_000) ?? null,
  })
}
