import type {
  CancelRequest,
  Grade,
  HookRun,
  Json,
  Page,
  PageQuery,
  RunError,
  RunStatus,
  RunSummary,
} from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

export type RunTables = {
  runs: {
    id: string
    project: string
    pipeline: string
    snapshot_id: string | null
    snapshot_digest: string | null
    environment: RunSummary['environment']
    stack: string | null
    labels: string
    status: RunStatus
    grade: Grade
    model_action: 'trains' | 'consumes' | 'compares' | 'imports' | null
    model_name: string | null
    model_number: number | null
    model_digest: string | null
    champion_number: number | null
    champion_digest: string | null
    started_by: string
    started_at: string
    ended_at: string | null
    error: string | null
    metadata: string
    hooks: string
    lease_token: string
    lease_expires_at: string
    executor: string | null
    retry_of: string | null
    cancel_request: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends RunTables {}
}

export type RunRow = RunTables['runs']

function modelOf(row: RunRow): RunSummary['model'] {
  if (!row.model_action || !row.model_name) return null
  const pinned = { action: row.model_action, name: row.model_name, number: row.model_number, digest: row.model_digest }
  if (row.champion_number === null || row.champion_digest === null) return pinned
  return { ...pinned, champion: { number: row.champion_number, digest: row.champion_digest } }
}

export const summaryOf = (row: RunRow): RunSummary => ({
  id: row.id,
  project: row.project,
  pipeline: row.pipeline,
  snapshotId: row.snapshot_id,
  snapshotDigest: row.snapshot_digest,
  environment: row.environment,
  stack: row.stack,
  labels: fromJson(row.labels),
  status: row.status,
  grade: row.grade,
  model: modelOf(row),
  retryOf: row.retry_of,
  startedBy: row.started_by,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  error: row.error === null ? null : fromJson<RunError>(row.error),
  cancelRequest: cancelRequestOf(row),
})

export const cancelRequestOf = (row: Pick<RunRow, 'cancel_request'>): CancelRequest | null =>
  row.cancel_request === null ? null : fromJson<CancelRequest>(row.cancel_request)

/** Keeps the first request: who asked first is who ended it. */
export const requestCancel = (tx: Tx, runId: string, request: CancelRequest) =>
  tx
    .updateTable('runs')
    .set({ cancel_request: toJson(request) })
    .where('id', '=', runId)
    .where('status', '=', 'running')
    .where('cancel_request', 'is', null)
    .execute()

export const insertRun = (tx: Tx, row: RunRow) => tx.insertInto('runs').values(row).execute()

export const findRun = (db: Db, project: string, id: string): Promise<RunRow | undefined> =>
  db.selectFrom('runs').selectAll().where('project', '=', project).where('id', '=', id).executeTakeFirst()

export async function listRuns(
  db: Db,
  filter: { project: string; pipeline?: string | undefined; status?: RunStatus | undefined },
  page: PageQuery,
): Promise<Page<RunSummary>> {
  const query = db
    .selectFrom('runs')
    .selectAll()
    .where('project', '=', filter.project)
    .$if(filter.pipeline !== undefined, (q) => q.where('pipeline', '=', filter.pipeline!))
    .$if(filter.status !== undefined, (q) => q.where('status', '=', filter.status!))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), summaryOf)
}

/** Renews the lease of a running run for whoever has its token; undefined when they have lost it. */
export async function renewLease(tx: Tx, lease: Lease): Promise<RunRow | undefined> {
  const { rows } = await renewOnce(tx, lease)
  return rows[0]
}

type Lease = { runId: string; token: string; expiresAt: string }

const renewOnce = prepared((db, lease: Lease) =>
  db
    .updateTable('runs')
    .set({ lease_expires_at: lease.expiresAt })
    .where('id', '=', lease.runId)
    .where('lease_token', '=', lease.token)
    .where('status', '=', 'running')
    .returningAll(),
)

/** What ends with a run. */
export type RunEnd = {
  status: Exclude<RunStatus, 'running'>
  at: string
  error?: RunError
  hooks?: HookRun[]
  metadata?: Record<string, Json>
  model?: { number: number; digest: string }
}

export const endRun = (tx: Tx, runId: string, end: RunEnd) =>
  tx
    .updateTable('runs')
    .set({
      status: end.status,
      ended_at: end.at,
      ...(end.error && { error: toJson(end.error) }),
      ...(end.hooks && { hooks: toJson(end.hooks) }),
      ...(end.metadata && { metadata: toJson(end.metadata) }),
      ...(end.model && { model_number: end.model.number, model_digest: end.model.digest }),
    })
    .where('id', '=', runId)
    .where('status', '=', 'running')
    .returningAll()
    .executeTakeFirst()

export const findRunning = (db: Db): Promise<RunRow[]> =>
  db.selectFrom('runs').selectAll().where('status', '=', 'running').execute()
