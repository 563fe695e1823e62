import type { Page, PageQuery, PredictionPart } from '@airlock-ml/contract'
import { sql } from 'kysely'
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
    /** The first id of each row group. */
    group_ids: string
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

/** A part as the slice's rules see it. */
export type IndexedPart = Omit<PredictionPart, 'subjects'> & { project: string; groupIds: string[] }

const partOf = (row: PredictionTables['prediction_parts']): IndexedPart => ({
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
  groupIds: fromJson(row.group_ids),
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
      group_ids: toJson(part.groupIds),
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
  { project: _project, groupIds: _groups, ...part }: IndexedPart,
  subjects: number,
): PredictionPart => ({ ...part, subjects })

/** In how many keys of subjects parts have. */
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

const ROWS_AT_ONCE = 200

export async function insertKeys(tx: Tx, rows: readonly PredictionTables['prediction_subject_keys'][]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await tx
      .insertInto('prediction_subject_keys')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute()
}

export const findKey = async (
  db: Db,
  { deploymentId, subject, partId }: { deploymentId: string; subject: string; partId: string },
): Promise<string | undefined> =>
  (
    await db
      .selectFrom('prediction_subject_keys')
      .select('key')
      .where('deployment_id', '=', deploymentId)
      .where('subject', '=', subject)
      .where('part_id', '=', partId)
      .executeTakeFirst()
  )?.key

/** When subjects of a deployment were erased, of all that were. */
export const erasedSubjects = async (db: Db, deploymentId: string): Promise<Map<string, string>> =>
  new Map(
    (
      await db
        .selectFrom('erased_subjects')
        .select(['subject', 'erased_at'])
        .where('deployment_id', '=', deploymentId)
        .execute()
    ).map(({ subject, erased_at }) => [subject, erased_at]),
  )

/** Overwrites the keys of a subject, then deletes them: what is deleted alone may stay readable in the file. */
export async function destroyKeys(
  tx: Tx,
  { deploymentId, subject }: { deploymentId: string; subject: string },
): Promise<number> {
  const of = <Q extends { where: (column: 'deployment_id' | 'subject', is: '=', value: string) => Q }>(query: Q): Q =>
    query.where('deployment_id', '=', deploymentId).where('subject', '=', subject)
  await of(tx.updateTable('prediction_subject_keys').set({ key: '0'.repeat(44) })).execute()
  const { numDeletedRows } = await of(tx.deleteFrom('prediction_subject_keys')).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

export const markErased = (tx: Tx, row: PredictionTables['erased_subjects']) =>
  tx
    .insertInto('erased_subjects')
    .values(row)
    .onConflict((c) => c.columns(['deployment_id', 'subject']).doUpdateSet({ erased_at: row.erased_at }))
    .execute()

/** The parts that hold a key of a subject. */
export const partsAbout = async (
  db: Db,
  { deploymentId, subject }: { deploymentId: string; subject: string },
): Promise<IndexedPart[]> =>
  (
    await db
      .selectFrom('prediction_subject_keys')
      .innerJoin('prediction_parts', 'prediction_parts.id', 'prediction_subject_keys.part_id')
      .selectAll('prediction_parts')
      .where('prediction_subject_keys.deployment_id', '=', deploymentId)
      .where('prediction_subject_keys.subject', '=', subject)
      .where('prediction_parts.removed_at', 'is', null)
      .execute()
  ).map(partOf)

export async function deleteLabels(tx: Tx, deploymentId: string, ids: readonly string[]): Promise<number> {
  let deleted = 0
  for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
    const { numDeletedRows } = await tx
      .deleteFrom('prediction_labels')
      .where('deployment_id', '=', deploymentId)
      .where('prediction_id', 'in', ids.slice(from, from + ROWS_AT_ONCE))
      .executeTakeFirstOrThrow()
    deleted += Number(numDeletedRows)
  }
  return deleted
}

/** Every deployment that a project has, or had. */
export const deploymentsEver = (db: Db, project: string): Promise<{ id: string; name: string }[]> =>
  db.selectFrom('deployments').select(['id', 'name']).where('project', '=', project).orderBy('id').execute()

export type StoredLabel = { predictionId: string; label: string; importedBy: string; importedAt: string }

export async function findLabels(db: Db, deploymentId: string, ids: readonly string[]): Promise<StoredLabel[]> {
  const found: StoredLabel[] = []
  for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
    const rows = await db
      .selectFrom('prediction_labels')
      .selectAll()
      .where('deployment_id', '=', deploymentId)
      .where('prediction_id', 'in', ids.slice(from, from + ROWS_AT_ONCE))
      .execute()
    for (const row of rows)
      found.push({
        predictionId: row.prediction_id,
        label: row.label,
        importedBy: row.imported_by,
        importedAt: row.imported_at,
      })
  }
  return found
}

export async function putLabels(tx: Tx, deploymentId: string, labels: readonly StoredLabel[]): Promise<void> {
  for (let from = 0; from < labels.length; from += ROWS_AT_ONCE)
    await tx
      .insertInto('prediction_labels')
      .values(
        labels.slice(from, from + ROWS_AT_ONCE).map((each) => ({
          deployment_id: deploymentId,
          prediction_id: each.predictionId,
          label: each.label,
          imported_by: each.importedBy,
          imported_at: each.importedAt,
        })),
      )
      .onConflict((c) =>
        c.columns(['deployment_id', 'prediction_id']).doUpdateSet({
          label: sql<string>`excluded.label`,
          imported_by: sql<string>`excluded.imported_by`,
          imported_at: sql<string>`excluded.imported_at`,
        }),
      )
      .execute()
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
