import type { Grade, StepCode } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import type { StepRow } from '../runs/step-store.ts'
import type { KeyParts } from './key.ts'

export type StepCacheTables = {
  step_codes: { project: string; digest: string; code: string }
  cache_keys: { project: string; cache_key: string; parts: string }
}

declare module '../db/tables.ts' {
  interface Tables extends StepCacheTables {}
}

/** Keeps what a key and its code are made of, so that they can be explained. */
export async function insertKeys(
  tx: Tx,
  project: string,
  { keys, codes }: { keys: ReadonlyMap<string, KeyParts>; codes: ReadonlyMap<string, StepCode> },
): Promise<void> {
  for (const [digest, code] of codes)
    await tx
      .insertInto('step_codes')
      .values({ project, digest, code: toJson(code) })
      .onConflict((c) => c.doNothing())
      .execute()
  for (const [cache_key, parts] of keys)
    await tx
      .insertInto('cache_keys')
      .values({ project, cache_key, parts: toJson(parts) })
      .onConflict((c) => c.doNothing())
      .execute()
}

export async function findParts(db: Db, project: string, key: string): Promise<KeyParts | undefined> {
  const query = db.selectFrom('cache_keys').select('parts').where('project', '=', project)
  const row = await query.where('cache_key', '=', key).executeTakeFirst()
  return row && fromJson<KeyParts>(row.parts)
}

export async function findCode(db: Db, project: string, digest: string): Promise<StepCode | undefined> {
  const query = db.selectFrom('step_codes').select('code').where('project', '=', project)
  const row = await query.where('digest', '=', digest).executeTakeFirst()
  return row && fromJson<StepCode>(row.code)
}

/** A step run that was executed, with what decides whether another may take it. */
export type Entry = Pick<StepRow, 'run_id' | 'name' | 'metadata' | 'ended_at' | 'cache_key'> & {
  grade: Grade
  git_commit: string | null
}

const entries = (db: Db, project: string) =>
  db
    .selectFrom('step_runs')
    .innerJoin('runs', 'runs.id', 'step_runs.run_id')
    .leftJoin('snapshots', 'snapshots.id', 'runs.snapshot_id')
    .select([
      'step_runs.run_id',
      'step_runs.name',
      'step_runs.metadata',
      'step_runs.ended_at',
      'step_runs.cache_key',
      'runs.grade',
      'snapshots.git_commit',
    ])
    .where('runs.project', '=', project)
    .where('step_runs.status', '=', 'completed')
    .orderBy('step_runs.run_id', 'desc')

/** The newest executed step runs of a key, newest first. */
export const entriesOf = (db: Db, project: string, key: string): Promise<Entry[]> =>
  entries(db, project).where('step_runs.cache_key', '=', key).limit(5).execute()

/** The newest executed runs of a pipeline's step that asked for the cache, of runs begun before another, newest first. */
export const entriesBefore = (
  db: Db,
  { project, pipeline, step, runId }: { project: string; pipeline: string; step: string; runId: string },
): Promise<Entry[]> =>
  entries(db, project)
    .where('runs.pipeline', '=', pipeline)
    .where('step_runs.name', '=', step)
    .where('step_runs.cache_key', 'is not', null)
    .where('step_runs.run_id', '<', runId)
    .limit(20)
    .execute()
