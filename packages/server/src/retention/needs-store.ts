import { KEEP_TAG, type KeepReason, type SnapshotSpec } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

/** Reads the digests that one reason holds for. */
type Root = { reason: Exclude<KeepReason, 'recent'>; digests: (db: Db, project: string) => Promise<string[]> }

/** Who needs bytes, in the order of `KeepReason`. Whatever names a digest needs it, so that nothing is forgotten. */
export const roots: readonly Root[] = [
  { reason: 'keep-tag', digests: tagged },
  { reason: 'model-version', digests: namedByVersions },
  { reason: 'stage-or-export', digests: async (db, project) => ofRuns(db, await provenRuns(db, project)) },
  { reason: 'imported-bundle', digests: namedByImports },
  { reason: 'open-promotion', digests: namedByPromotions },
  { reason: 'comparison', digests: async (db, project) => ofRuns(db, await comparingRuns(db, project)) },
  { reason: 'recall', digests: recalled },
  { reason: 'running-run', digests: async (db, project) => ofRuns(db, await runningRuns(db, project)) },
  { reason: 'prediction-log', digests: loggedParts },
  { reason: 'pipeline', digests: namedBySnapshots },
  { reason: 'newest-of-name', digests: newestOfNames },
]

const sha256s = (texts: Iterable<string | null>): string[] =>
  [...texts].flatMap((text) => text?.match(/\b[0-9a-f]{64}\b/g) ?? [])

async function tagged(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('artifact_tags')
    .innerJoin('artifact_versions', (join) =>
      join
        .onRef('artifact_versions.project', '=', 'artifact_tags.project')
        .onRef('artifact_versions.name', '=', 'artifact_tags.name')
        .onRef('artifact_versions.version', '=', 'artifact_tags.version'),
    )
    .select('artifact_versions.digest')
    .where('artifact_tags.project', '=', project)
    .where('artifact_tags.tag', '=', KEEP_TAG)
    .execute()
  return rows.map(({ digest }) => digest)
}

async function namedByVersions(db: Db, project: string): Promise<string[]> {
  const query = db.selectFrom('model_versions').select('artifacts').where('project', '=', project)
  return sha256s((await query.execute()).map(({ artifacts }) => artifacts))
}

/** Trainings whose version holds or held a stage, was exported, or is in use elsewhere: with all that they read and made. */
async function provenRuns(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('model_versions')
    .select('source')
    .where('project', '=', project)
    .where(({ eb, or, exists, selectFrom }) =>
      or([
        eb('stage', '!=', 'none'),
        exists(
          selectFrom('stage_changes')
            .select('stage_changes.id')
            .whereRef('stage_changes.project', '=', 'model_versions.project')
            .whereRef('stage_changes.model', '=', 'model_versions.model')
            .whereRef('stage_changes.number', '=', 'model_versions.number'),
        ),
        exists(
          selectFrom('version_refs')
            .select('version_refs.ref')
            .whereRef('version_refs.version_id', '=', 'model_versions.id')
            .where('version_refs.kind', '=', 'bundle'),
        ),
        exists(
          selectFrom('receipts').select('receipts.number').whereRef('receipts.version_id', '=', 'model_versions.id'),
        ),
      ]),
    )
    .execute()
  return rows.map(({ source }) => fromJson<{ runId: string }>(source).runId)
}

const comparingRuns = async (db: Db, project: string): Promise<string[]> =>
  (await db.selectFrom('comparisons').select('run_id').where('project', '=', project).execute()).map(
    ({ run_id }) => run_id,
  )

const runningRuns = async (db: Db, project: string): Promise<string[]> =>
  (
    await db.selectFrom('runs').select('id').where('project', '=', project).where('status', '=', 'running').execute()
  ).map(({ id }) => id)

/** How many runs one statement names. */
const AT_ONCE = 500

/** Everything that runs read and made. */
async function ofRuns(db: Db, runIds: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (let from = 0; from < runIds.length; from += AT_ONCE) {
    const some = runIds.slice(from, from + AT_ONCE)
    const made = await db.selectFrom('artifact_versions').select('digest').where('run_id', 'in', some).execute()
    const read = await db
      .selectFrom('step_inputs')
      .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
      .select('artifact_versions.digest')
      .where('step_inputs.run_id', 'in', some)
      .execute()
    found.push(...made.map(({ digest }) => digest), ...read.map(({ digest }) => digest))
  }
  return found
}

/** The platform's own runs name the files that came with a bundle in their metadata. */
async function namedByImports(db: Db, project: string): Promise<string[]> {
  const query = db.selectFrom('runs').select('metadata').where('project', '=', project)
  const rows = await query.where('snapshot_id', 'is', null).execute()
  return sha256s(rows.map(({ metadata }) => metadata))
}

async function namedByPromotions(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('promotions')
    .selectAll()
    .where('project', '=', project)
    .where('state', 'in', ['requested', 'awaiting_approval', 'approved'])
    .execute()
  return sha256s(rows.flatMap((row) => Object.values(row).map((value) => (typeof value === 'string' ? value : null))))
}

async function recalled(db: Db, project: string): Promise<string[]> {
  const rows = await db.selectFrom('recalls').select(['digest', 'target']).where('project', '=', project).execute()
  return sha256s(rows.flatMap((row) => Object.values(row)))
}

/** Data from outside, or from another pipeline, that the newest snapshot of a pipeline or one that is run now reads. */
async function namedBySnapshots(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('snapshots')
    .select('spec')
    .where('project', '=', project)
    .where('spec', 'like', '%"from":"artifact"%')
    .where(({ eb, or, selectFrom }) =>
      or([
        eb(
          'id',
          'in',
          selectFrom('snapshots as newest')
            .select((e) => e.fn.max('newest.id').as('id'))
            .where('newest.project', '=', project)
            .groupBy('newest.pipeline'),
        ),
        eb('id', 'in', selectFrom('runs').select('runs.snapshot_id').where('runs.status', '=', 'running')),
      ]),
    )
    .execute()
  return rows.flatMap(({ spec }) => {
    const sources = fromJson<SnapshotSpec>(spec).steps.flatMap(({ inputs }) => Object.values(inputs))
    const singles = sources.flatMap((source) => (source.from === 'list' ? source.items : [source]))
    return singles.flatMap((source) => (source.from === 'artifact' ? [source.digest] : []))
  })
}

/** Parts of prediction logs, until they reach their age. */
async function loggedParts(db: Db, project: string): Promise<string[]> {
  const parts = db.selectFrom('prediction_parts').select('digest').where('project', '=', project)
  return (await parts.where('removed_at', 'is', null).execute()).map(({ digest }) => digest)
}

async function newestOfNames(db: Db, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('artifact_versions')
    .select('digest')
    .where('project', '=', project)
    .where('name', 'not like', '%.%')
    .where(({ eb, selectFrom }) =>
      eb(
        'version',
        '=',
        selectFrom('artifact_versions as newest')
          .select((e) => e.fn.max('newest.version').as('version'))
          .whereRef('newest.project', '=', 'artifact_versions.project')
          .whereRef('newest.name', '=', 'artifact_versions.name'),
      ),
    )
    .execute()
  return rows.map(({ digest }) => digest)
}
