import type { KeepReason, SnapshotSpec } from '@airlock-ml/contract'
import { KEEP_TAG } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

/** Bytes of a project that are not deleted, and when they were last made, stored, asked for or read. */
export type Kept = { digest: string; sizeBytes: number; usedAt: string }

export async function liveBlobs(db: Db, project: string): Promise<Kept[]> {
  const blobs = await db
    .selectFrom('blobs')
    .select(['digest', 'size_bytes', 'wanted_at'])
    .where('project', '=', project)
    .where('deleted_at', 'is', null)
    .orderBy('digest')
    .execute()
  const made = await db
    .selectFrom('artifact_versions')
    .select((e) => ['digest', e.fn.max('created_at').as('at')])
    .where('project', '=', project)
    .groupBy('digest')
    .execute()
  const read = await db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
    .innerJoin('runs', 'runs.id', 'step_inputs.run_id')
    .select((e) => ['artifact_versions.digest', e.fn.max('runs.started_at').as('at')])
    .where('artifact_versions.project', '=', project)
    .groupBy('artifact_versions.digest')
    .execute()
  const used = new Map(blobs.map(({ digest, wanted_at }) => [digest, wanted_at]))
  for (const { digest, at } of [...made, ...read]) if (at > (used.get(digest) ?? '')) used.set(digest, at)
  return blobs.map(({ digest, size_bytes }) => ({
    digest,
    sizeBytes: Number(size_bytes),
    usedAt: used.get(digest)!,
  }))
}

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

export async function markDeleted(
  tx: Tx,
  { project, digests }: { project: string; digests: readonly string[] },
  { at, by }: { at: string; by: string },
): Promise<void> {
  for (let from = 0; from < digests.length; from += AT_ONCE)
    await tx
      .updateTable('blobs')
      .set({ deleted_at: at, deleted_by: by, removed_at: null })
      .where('project', '=', project)
      .where('digest', 'in', digests.slice(from, from + AT_ONCE))
      .execute()
}

/** Bytes that are deleted and were not removed yet, in any project: what a kill left, too. */
export const toRemove = async (db: Db): Promise<string[]> =>
  (
    await db
      .selectFrom('blobs')
      .select('digest')
      .distinct()
      .where('deleted_at', 'is not', null)
      .where('removed_at', 'is', null)
      .execute()
  ).map(({ digest }) => digest)

/** Whether bytes still wait to be removed; they may have been stored again meanwhile. */
export const isToRemove = async (tx: Tx, digest: string): Promise<boolean> =>
  (await tx
    .selectFrom('blobs')
    .select('digest')
    .where('digest', '=', digest)
    .where('deleted_at', 'is not', null)
    .where('removed_at', 'is', null)
    .executeTakeFirst()) !== undefined

export const markRemoved = (tx: Tx, digest: string, at: string) =>
  tx
    .updateTable('blobs')
    .set({ removed_at: at })
    .where('digest', '=', digest)
    .where('deleted_at', 'is not', null)
    .execute()

/** Which artifacts have these bytes, as `customers/3`. */
export async function artifactsWith(
  db: Db,
  project: string,
  digests: readonly string[],
): Promise<Map<string, string[]>> {
  if (digests.length === 0) return new Map()
  const rows = await db
    .selectFrom('artifact_versions')
    .select(['digest', 'name', 'version'])
    .distinct()
    .where('project', '=', project)
    .where('digest', 'in', digests)
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute()
  const of = Map.groupBy(rows, ({ digest }) => digest)
  return new Map([...of].map(([digest, each]) => [digest, each.map(({ name, version }) => `${name}/${version}`)]))
}
