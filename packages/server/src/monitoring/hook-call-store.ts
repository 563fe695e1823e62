import {
  DRIFT_HOOK_TIMEOUT_MS,
  type DriftHookCall,
  type DriftNotice,
  type Page,
  type PageQuery,
} from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type HookCallTables = {
  drift_hook_calls: {
    /** A UUIDv7: those that wait longest sort first. */
    id: string
    project: string
    /** Whose process may run it: of a deployment or of a run. */
    deployment_id: string | null
    run_id: string | null
    /** Of a run: the run that began the output. */
    batch_id: string | null
    hook: string
    snapshot_id: string
    notice: string
    state: Exclude<DriftHookCall['state'], 'lost'>
    hook_digest: string | null
    error: string | null
    created_at: string
    started_at: string | null
    ended_at: string | null
  }
  /** Batches whose breach was told. */
  batch_breaches: { project: string; batch_id: string; digest: string }
}

declare module '../db/tables.ts' {
  interface Tables extends HookCallTables {}
}

type Row = HookCallTables['drift_hook_calls']

/** Its process has this long to tell what became of it, besides the time it may take. */
const GRACE_MS = 60_000
const LOST = 'Its process ended, or was cut off, before it said what became of it. It is not called again.'

const callOf = (row: Row, now: Date): DriftHookCall => {
  const isLost =
    row.state === 'running' && now.getTime() - Date.parse(row.started_at!) > DRIFT_HOOK_TIMEOUT_MS + GRACE_MS
  return {
    id: row.id,
    hook: row.hook,
    snapshotId: row.snapshot_id,
    notice: fromJson<DriftNotice>(row.notice),
    state: isLost ? 'lost' : row.state,
    hookDigest: row.hook_digest,
    error: isLost ? LOST : row.error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}

/** Whose process asks: that of a deployment, or of a run and the runs that it retries. */
export type HookCaller = { deploymentId: string } | { runIds: readonly string[] }

const callsOf = (db: Db, project: string, by: HookCaller) =>
  db
    .selectFrom('drift_hook_calls')
    .selectAll()
    .where('project', '=', project)
    .$if('deploymentId' in by, (q) => q.where('deployment_id', '=', (by as { deploymentId: string }).deploymentId))
    .$if('runIds' in by, (q) => q.where('run_id', 'in', (by as { runIds: readonly string[] }).runIds))

export const insertHookCalls = async (tx: Tx, rows: readonly Row[]): Promise<void> => {
  if (rows.length > 0)
    await tx
      .insertInto('drift_hook_calls')
      .values([...rows])
      .execute()
}

/** Marks the one that waits longest as running, which only one caller can. */
export async function takeHookCall(
  tx: Tx,
  { project, by, now }: { project: string; by: HookCaller; now: Date },
): Promise<DriftHookCall | null> {
  const waiting = await callsOf(tx, project, by)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!waiting) return null
  const row = await tx
    .updateTable('drift_hook_calls')
    .set({ state: 'running', started_at: now.toISOString() })
    .where('id', '=', waiting.id)
    .where('state', '=', 'waiting')
    .returningAll()
    .executeTakeFirst()
  return row ? callOf(row, now) : null
}

export async function findHookCall(
  db: Db,
  { project, id, by, now }: { project: string; id: string; by: HookCaller; now: Date },
): Promise<DriftHookCall | undefined> {
  const row = await callsOf(db, project, by).where('id', '=', id).executeTakeFirst()
  return row && callOf(row, now)
}

export const setHookEnd = (
  tx: Tx,
  id: string,
  end: Pick<Row, 'state' | 'error' | 'hook_digest'> & { ended_at: string },
) => tx.updateTable('drift_hook_calls').set(end).where('id', '=', id).execute()

/** Lets a run that goes on with a batch call what another run of it left waiting. */
export const adoptHookCalls = (
  tx: Tx,
  { project, batchId, runId }: { project: string; batchId: string; runId: string },
) =>
  tx
    .updateTable('drift_hook_calls')
    .set({ run_id: runId })
    .where('project', '=', project)
    .where('batch_id', '=', batchId)
    .where('state', '=', 'waiting')
    .execute()

/** Whether nobody told of this batch before. */
export async function insertBatchBreach(tx: Tx, row: HookCallTables['batch_breaches']): Promise<boolean> {
  const { numInsertedOrUpdatedRows: inserted } = await tx
    .insertInto('batch_breaches')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirst()
  return (inserted ?? 0n) > 0n
}

export async function listHookCalls(
  db: Db,
  { project, deploymentId, runId, now }: { project: string; deploymentId?: string; runId?: string; now: Date },
  page: PageQuery,
): Promise<Page<DriftHookCall>> {
  const query = db
    .selectFrom('drift_hook_calls')
    .selectAll()
    .where('project', '=', project)
    .$if(deploymentId !== undefined, (q) => q.where('deployment_id', '=', deploymentId!))
    .$if(runId !== undefined, (q) => q.where('run_id', '=', runId!))
  const rows = await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id })
  return mapPage(rows, (row) => callOf(row, now))
}

export const hookCallRow = (
  call: Pick<Row, 'id' | 'project' | 'deployment_id' | 'run_id' | 'batch_id' | 'hook' | 'snapshot_id' | 'created_at'>,
  notice: DriftNotice,
): Row => ({
  ...call,
  notice: toJson(notice),
  ...{ state: 'waiting', hook_digest: null, error: null, started_at: null, ended_at: null },
})
