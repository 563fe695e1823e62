import type {
  CancelRequest,
  FailedAttempt,
  Grade,
  HookRun,
  Json,
  LogLine,
  Page,
  PageQuery,
  RunError,
  RunStatus,
  RunSummary,
  StepRun,
} from '@airlock-ml/contract'
import type { Generated, Insertable, Selectable } from 'kysely'
import type { ArtifactTables } from '../artifacts/store.ts'
import { refOf } from '../artifacts/store.ts'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

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
  step_runs: {
    run_id: string
    name: string
    status: StepRun['status']
    started_at: string
    ended_at: string | null
    metadata: string
    error: string | null
    earlier_attempts: Generated<string>
    skip_reason: string | null
    cache_key: string | null
    cached_from: string | null
  }
  step_inputs: { run_id: string; step: string; input: string; artifact_id: string }
  run_logs: {
    run_id: string
    line: number
    step: string
    at: string
    level: LogLine['level']
    message: string
    fields: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends RunTables {}
}

export type RunRow = RunTables['runs']
export type StepRow = Selectable<RunTables['step_runs']>
type ArtifactRow = ArtifactTables['artifact_versions']

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
export const renewLease = (tx: Tx, lease: { runId: string; token: string; expiresAt: string }) =>
  tx
    .updateTable('runs')
    .set({ lease_expires_at: lease.expiresAt })
    .where('id', '=', lease.runId)
    .where('lease_token', '=', lease.token)
    .where('status', '=', 'running')
    .returningAll()
    .executeTakeFirst()

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

type StepsEnd = { status: 'failed' | 'lost' | 'cancelled'; at: string; error: string }

/** Ends the steps that were still running when their run ended. */
export const endRunningSteps = (tx: Tx, runId: string, end: StepsEnd) =>
  tx
    .updateTable('step_runs')
    .set({ status: end.status, ended_at: end.at, error: end.error })
    .where('run_id', '=', runId)
    .where('status', '=', 'running')
    .execute()

export const insertStep = (tx: Tx, row: Insertable<RunTables['step_runs']>) =>
  tx
    .insertInto('step_runs')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()

export async function insertStepInputs(tx: Tx, rows: RunTables['step_inputs'][]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500)
    await tx
      .insertInto('step_inputs')
      .values(rows.slice(from, from + 500))
      .execute()
}

export const endStep = (
  tx: Tx,
  step: { runId: string; name: string },
  end: {
    status: 'completed' | 'failed' | 'cancelled'
    at: string
    metadata: Record<string, Json>
    error: string | null
    cacheKey?: string | undefined
  },
) =>
  tx
    .updateTable('step_runs')
    .set({
      status: end.status,
      ended_at: end.at,
      metadata: toJson(end.metadata),
      error: end.error,
      cache_key: end.cacheKey ?? null,
    })
    .where('run_id', '=', step.runId)
    .where('name', '=', step.name)
    .where('status', '=', 'running')
    .returning('name')
    .executeTakeFirst()

export const findStep = (db: Db, step: { runId: string; name: string }): Promise<StepRow | undefined> =>
  db
    .selectFrom('step_runs')
    .selectAll()
    .where('run_id', '=', step.runId)
    .where('name', '=', step.name)
    .executeTakeFirst()

/** Adds an attempt that failed to a step that goes on running; answers with how many there are, 0 for none running. */
export async function appendAttempt(
  tx: Tx,
  step: { runId: string; name: string },
  attempt: FailedAttempt,
): Promise<number> {
  const row = await findStep(tx, step)
  if (row?.status !== 'running') return 0
  const attempts = [...fromJson<FailedAttempt[]>(row.earlier_attempts), attempt]
  await tx
    .updateTable('step_runs')
    .set({ earlier_attempts: toJson(attempts) })
    .where('run_id', '=', step.runId)
    .where('name', '=', step.name)
    .execute()
  return attempts.length
}

/** What a step has loaded by name while it ran, and any list input called `loaded`. */
export const loadedBy = (db: Db, { runId, step }: { runId: string; step: string }) =>
  db
    .selectFrom('step_inputs')
    .select(['input', 'artifact_id'])
    .where('run_id', '=', runId)
    .where('step', '=', step)
    .where('input', 'like', 'loaded.%')
    .execute()

/** The artifact a step of a run made as an output. */
export const findOutput = (
  db: Db,
  from: { runId: string; step: string; output: string },
): Promise<ArtifactRow | undefined> =>
  db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('run_id', '=', from.runId)
    .where('step', '=', from.step)
    .where('output', '=', from.output)
    .executeTakeFirst()

/** Which bytes a step read, by input. */
export async function inputDigests(db: Db, step: { runId: string; name: string }): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
    .select(['step_inputs.input', 'artifact_versions.digest'])
    .where('step_inputs.run_id', '=', step.runId)
    .where('step_inputs.step', '=', step.name)
    .execute()
  return new Map(rows.map(({ input, digest }) => [input, digest]))
}

export const stepsOf = (db: Db, runId: string): Promise<StepRow[]> =>
  db.selectFrom('step_runs').selectAll().where('run_id', '=', runId).orderBy('started_at').orderBy('name').execute()

/** The steps of a run with what each read and made. */
export async function stepRunsOf(db: Db, runId: string): Promise<StepRun[]> {
  const steps = await stepsOf(db, runId)
  const inputs = await db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
    .selectAll('artifact_versions')
    .select(['step_inputs.step as reader', 'step_inputs.input'])
    .where('step_inputs.run_id', '=', runId)
    .execute()
  const outputs = await db.selectFrom('artifact_versions').selectAll().where('run_id', '=', runId).execute()
  const readBy = Map.groupBy(inputs, (row) => row.reader)
  const madeBy = Map.groupBy(outputs, (row) => row.step)
  return steps.map((step) => ({
    name: step.name,
    status: step.status,
    startedAt: step.started_at,
    endedAt: step.ended_at,
    inputs: Object.fromEntries((readBy.get(step.name) ?? []).map((row) => [row.input, refOf(row)])),
    outputs: Object.fromEntries((madeBy.get(step.name) ?? []).map((row) => [row.output!, refOf(row)])),
    metadata: fromJson(step.metadata),
    error: step.error,
    earlierAttempts: fromJson(step.earlier_attempts),
    skipReason: step.skip_reason,
    cacheKey: step.cache_key,
    cachedFrom: step.cached_from,
  }))
}

export async function appendLogs(
  tx: Tx,
  step: { runId: string; name: string },
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return
  const last = await tx
    .selectFrom('run_logs')
    .select((e) => e.fn.max('line').as('line'))
    .where('run_id', '=', step.runId)
    .executeTakeFirst()
  const first = Number(last?.line ?? 0) + 1
  for (let from = 0; from < lines.length; from += 500)
    await tx
      .insertInto('run_logs')
      .values(
        lines.slice(from, from + 500).map(({ fields, ...line }, i) => ({
          run_id: step.runId,
          line: first + from + i,
          step: step.name,
          ...line,
          fields: fields ? toJson(fields) : null,
        })),
      )
      .execute()
}

const levels: readonly LogLine['level'][] = ['debug', 'info', 'warn', 'error']

export async function listLogs(
  db: Db,
  filter: {
    runId: string
    step?: string | undefined
    level?: LogLine['level'] | undefined
    after?: number | undefined
  },
  page: PageQuery,
): Promise<Page<LogLine & { line: number; step: string }>> {
  const query = db
    .selectFrom('run_logs')
    .selectAll()
    .where('run_id', '=', filter.runId)
    .$if(filter.step !== undefined, (q) => q.where('step', '=', filter.step!))
    .$if(filter.level !== undefined, (q) => q.where('level', 'in', levels.slice(levels.indexOf(filter.level!))))
    .$if(filter.after !== undefined, (q) => q.where('line', '>', filter.after!))
  const rows = await pageOf(query, page, { column: 'line', direction: 'asc', valueOf: (row) => Number(row.line) })
  return mapPage(rows, ({ line, step, at, level, message, fields }) => ({
    line: Number(line),
    step,
    at,
    level,
    message,
    ...(fields !== null && { fields: fromJson<Record<string, Json>>(fields) }),
  }))
}
