import type { DeploymentSettings, Page, PageQuery, PredictionPart } from '@airlock-ml/contract'
import type { ByteRange } from '@airlock-ml/tabular'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

export type PredictionTables = {
  prediction_parts: {
    id: string
    project: string
    deployment_id: string
    digest: string
    size_bytes: number
    rows: number
    first_id: string
    last_id: string
    first_at: string
    last_at: string
    /** A `PartLayout`: how one row is read and checked without the rest. */
    layout: string
    registered_at: string
    removed_at: string | null
  }
  prediction_subject_keys: { deployment_id: string; subject: string; part_id: string; key: string }
  erased_subjects: { deployment_id: string; subject: string; erased_at: string }
  prediction_labels: {
    deployment_id: string
    prediction_id: string
    label: string
    imported_by: string
    imported_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends PredictionTables {}
}

/** Bytes of a part with their SHA-256. */
export type PartBytes = ByteRange & { sha256: string }

/** Where the footer and the row groups of a part lie, and the first id of each group. */
export type PartLayout = { footer: PartBytes; groups: (PartBytes & { firstId: string })[] }

/** A part as the slice's rules see it. */
export type IndexedPart = Omit<PredictionPart, 'subjects'> & { project: string; layout: PartLayout }

export const partOf = (row: PredictionTables['prediction_parts']): IndexedPart => ({
  id: row.id,
  project: row.project,
  deploymentId: row.deployment_id,
  digest: row.digest,
  sizeBytes: Number(row.size_bytes),
  rows: Number(row.rows),
  firstId: row.first_id,
  lastId: row.last_id,
  firstAt: row.first_at,
  lastAt: row.last_at,
  layout: fromJson(row.layout),
  registeredAt: row.registered_at,
  removedAt: row.removed_at,
})

export async function findPart(db: Db, id: string): Promise<IndexedPart | undefined> {
  const row = await db.selectFrom('prediction_parts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && partOf(row)
}

export const insertPart = (tx: Tx, part: IndexedPart) =>
  tx
    .insertInto('prediction_parts')
    .values({
      id: part.id,
      project: part.project,
      deployment_id: part.deploymentId,
      digest: part.digest,
      size_bytes: part.sizeBytes,
      rows: part.rows,
      first_id: part.firstId,
      last_id: part.lastId,
      first_at: part.firstAt,
      last_at: part.lastAt,
      layout: toJson(part.layout),
      registered_at: part.registeredAt,
      removed_at: part.removedAt,
    })
    .execute()

type Between = { project: string; id: string; from: string; to: string; limit: number }

/** Parts that may hold a prediction: its id lies between their first and last, and their last is `from` to `to`. */
export const partsAround = async (db: Db, between: Between): Promise<IndexedPart[]> =>
  (await partRowsAround(db, between)).rows.map(partOf)

const partRowsAround = prepared((db, { project, id, from, to, limit }: Between) =>
  db
    .selectFrom('prediction_parts')
    .selectAll()
    .where('project', '=', project)
    .where('last_id', '>=', from)
    .where('last_id', '<=', to)
    .where('first_id', '<=', id)
    .orderBy('last_id')
    .limit(limit),
)

/** Parts of a deployment that were not removed and hold ids of a range, by their last. */
export const partsWithin = async (
  db: Db,
  deploymentId: string,
  { from, to, last }: { from: string; to: string; last: string },
): Promise<IndexedPart[]> =>
  (
    await db
      .selectFrom('prediction_parts')
      .selectAll()
      .where('project', '=', (e) =>
        e.selectFrom('deployments').select('deployments.project').where('deployments.id', '=', deploymentId),
      )
      .where('deployment_id', '=', deploymentId)
      .where('removed_at', 'is', null)
      .where('last_id', '>=', from)
      .where('last_id', '<=', last)
      .where('first_id', '<=', to)
      .orderBy('last_id')
      .execute()
  ).map(partOf)

/** Parts of a deployment, newest first, with how many subjects have a key. */
export async function listParts(db: Db, deploymentId: string, page: PageQuery): Promise<Page<PredictionPart>> {
  const query = db.selectFrom('prediction_parts').selectAll().where('deployment_id', '=', deploymentId)
  const found = await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id })
  const counts = await countKeys(
    db,
    found.items.map(({ id }) => id),
  )
  return mapPage(found, (row) => shownPart(partOf(row), counts.get(row.id) ?? 0))
}

export const shownPart = (
  { project: _project, layout: _layout, ...part }: IndexedPart,
  subjects: number,
): PredictionPart => ({ ...part, subjects })

/** How many keys of subjects parts have. */
export async function countKeys(db: Db, partIds: readonly string[]): Promise<Map<string, number>> {
  if (partIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('prediction_subject_keys')
    .select((e) => ['part_id', e.fn.countAll().as('count')])
    .where('part_id', 'in', partIds)
    .groupBy('part_id')
    .execute()
  return new Map(rows.map(({ part_id, count }) => [part_id, Number(count)]))
}

/** Every deployment, deleted or not, with how its service records. */
export const loggingDeployments = async (
  db: Db,
): Promise<{ id: string; name: string; project: string; retentionDays: number | null }[]> =>
  (await db.selectFrom('deployments').select(['id', 'name', 'project', 'settings']).execute()).map(
    ({ settings, ...each }) => ({ ...each, retentionDays: fromJson<DeploymentSettings>(settings).log.retentionDays }),
  )

/** Parts whose last prediction is older than a moment, oldest first. */
export const partsBefore = async (db: Db, deploymentId: string, before: string): Promise<IndexedPart[]> =>
  (
    await db
      .selectFrom('prediction_parts')
      .selectAll()
      .where('deployment_id', '=', deploymentId)
      .where('removed_at', 'is', null)
      .where('last_at', '<', before)
      .orderBy('id')
      .limit(PARTS_AT_ONCE)
      .execute()
  ).map(partOf)

/** How many parts are removed in one transaction. */
const PARTS_AT_ONCE = 200

/** Notes that parts were removed, and deletes the keys of their subjects. */
export async function removeParts(tx: Tx, ids: readonly string[], at: string): Promise<void> {
  await tx.updateTable('prediction_parts').set({ removed_at: at }).where('id', 'in', ids).execute()
  await tx.deleteFrom('prediction_subject_keys').where('part_id', 'in', ids).execute()
}

/** Those of these digests that nothing but removed parts has. */
export async function onlyInParts(tx: Tx, project: string, digests: readonly string[]): Promise<string[]> {
  const named = await tx
    .selectFrom('artifact_versions')
    .select('digest')
    .where('project', '=', project)
    .where('digest', 'in', digests)
    .execute()
  const logged = await tx
    .selectFrom('prediction_parts')
    .select('digest')
    .where('removed_at', 'is', null)
    .where('digest', 'in', digests)
    .execute()
  const needed = new Set([...named, ...logged].map(({ digest }) => digest))
  return digests.filter((digest) => !needed.has(digest))
}

/** JSON that a run made, or that later runs of its pipeline made, oldest first: among them the manifest of its batch. */
export async function batchManifests(
  db: Db,
  { project, runId, pipeline }: { project: string; runId: string; pipeline: string },
): Promise<{ digest: string; size_bytes: number }[]> {
  const made = db
    .selectFrom('artifact_versions')
    .select(['digest', 'size_bytes', 'id'])
    .where('project', '=', project)
    .where('type', '=', 'json')
  const own = await made.where('run_id', '=', runId).orderBy('id').execute()
  const later = await db
    .selectFrom('runs')
    .select('id')
    .where('project', '=', project)
    .where('pipeline', '=', pipeline)
    .where('id', '>', runId)
    .orderBy('id')
    .limit(LATER_RUNS)
    .execute()
  if (later.length === 0) return own
  return [
    ...own,
    ...(await made
      .where(
        'run_id',
        'in',
        later.map(({ id }) => id),
      )
      .orderBy('id')
      .execute()),
  ]
}

/** How many runs after a batch that was killed may have finished it. */
const LATER_RUNS = 50
