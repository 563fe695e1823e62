import type { FailedAttempt, HookRun, Json, StepRun } from '@airlock-ml/contract'
import type { Generated, Selectable } from 'kysely'
import { type ArtifactTables, refOf } from '../artifacts/store.ts'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { prepared } from '../db/prepared.ts'

export type StepTables = {
  step_runs: {
    run_id: string
    name: string
    status: StepRun['status']
    started_at: string
    ended_at: string | null
    metadata: string
    error: string | null
    earlier_attempts: Generated<string>
    hooks: Generated<string>
    skip_reason: string | null
    cache_key: string | null
    cached_from: string | null
  }
  step_inputs: { run_id: string; step: string; input: string; artifact_id: string }
}

declare module '../db/tables.ts' {
  interface Tables extends StepTables {}
}

export type StepRow = Selectable<StepTables['step_runs']>
type ArtifactRow = ArtifactTables['artifact_versions']

type StepsEnd = { status: 'failed' | 'lost' | 'cancelled'; at: string; error: string }

/** Ends the steps that were still running when their run ended. */
export const endRunningSteps = (tx: Tx, runId: string, end: StepsEnd) =>
  tx
    .updateTable('step_runs')
    .set({ status: end.status, ended_at: end.at, error: end.error })
    .where('run_id', '=', runId)
    .where('status', '=', 'running')
    .execute()

/** What is known of a step when its row is written. */
type NewStep = Pick<StepRow, 'run_id' | 'name' | 'status' | 'started_at' | 'ended_at' | 'metadata' | 'error'> &
  Partial<Pick<StepRow, 'skip_reason' | 'cache_key' | 'cached_from'>>

/** False where the run has a step of that name already. */
export async function insertStep(tx: Tx, row: NewStep): Promise<boolean> {
  const unsaid = { skip_reason: null, cache_key: null, cached_from: null }
  const { numAffectedRows } = await insertStepRow(tx, { ...unsaid, ...row })
  return numAffectedRows === 1n
}

const insertStepRow = prepared((db, row: Required<NewStep>) =>
  db
    .insertInto('step_runs')
    .values({
      run_id: row.run_id,
      name: row.name,
      status: row.status,
      started_at: row.started_at,
      ended_at: row.ended_at,
      metadata: row.metadata,
      error: row.error,
      skip_reason: row.skip_reason,
      cache_key: row.cache_key,
      cached_from: row.cached_from,
    })
    .onConflict((c) => c.doNothing()),
)

export async function insertStepInputs(tx: Tx, rows: StepTables['step_inputs'][]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500)
    await tx
      .insertInto('step_inputs')
      .values(rows.slice(from, from + 500))
      .execute()
}

/** False where the run has no such step that runs. */
export async function endStep(
  tx: Tx,
  step: { runId: string; name: string },
  end: {
    status: 'completed' | 'failed' | 'cancelled'
    at: string
    metadata: Record<string, Json>
    error: string | null
    hooks?: HookRun[]
    cacheKey?: string | undefined
  },
): Promise<boolean> {
  const { numAffectedRows } = await endStepRow(tx, {
    run_id: step.runId,
    name: step.name,
    status: end.status,
    ended_at: end.at,
    metadata: toJson(end.metadata),
    error: end.error,
    hooks: toJson(end.hooks ?? []),
    cache_key: end.cacheKey ?? null,
  })
  return numAffectedRows === 1n
}

type EndedStep = Pick<StepRow, 'run_id' | 'name' | 'status' | 'ended_at' | 'metadata' | 'error' | 'hooks' | 'cache_key'>

const endStepRow = prepared((db, row: EndedStep) =>
  db
    .updateTable('step_runs')
    .set({
      status: row.status,
      ended_at: row.ended_at,
      metadata: row.metadata,
      error: row.error,
      hooks: row.hooks,
      cache_key: row.cache_key,
    })
    .where('run_id', '=', row.run_id)
    .where('name', '=', row.name)
    .where('status', '=', 'running'),
)

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
    hooks: fromJson(step.hooks),
    skipReason: step.skip_reason,
    cacheKey: step.cache_key,
    cachedFrom: step.cached_from,
  }))
}
