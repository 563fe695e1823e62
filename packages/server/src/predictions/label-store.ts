import { sql } from 'kysely'
import type { Db, Tx } from '../db/db.ts'

const ROWS_AT_ONCE = 200

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

/** Deletes labels of predictions that are older than any part which is left; answers how many. */
export async function deleteOldLabels(tx: Tx, deploymentId: string, before: string): Promise<number> {
  const left = await tx
    .selectFrom('prediction_parts')
    .select((e) => e.fn.min('first_id').as('first'))
    .where('deployment_id', '=', deploymentId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  const { numDeletedRows } = await tx
    .deleteFrom('prediction_labels')
    .where('deployment_id', '=', deploymentId)
    .where('prediction_id', '<', left?.first ?? before)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

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

/** Ids from one to another, both among them. */
export type LabelRange = { from: string; to: string }

/** The first and the last labelled prediction after an id, of the latest `most`; null where there is none. */
export async function rangeOfLabels(
  db: Db,
  deploymentId: string,
  { after, most }: { after: string; most: number },
): Promise<{ first: string; last: string; isCut: boolean } | null> {
  const labels = db
    .selectFrom('prediction_labels')
    .where('deployment_id', '=', deploymentId)
    .where('prediction_id', '>', after)
  const cut = await labels
    .select('prediction_id')
    .orderBy('prediction_id', 'desc')
    .offset(most)
    .limit(1)
    .executeTakeFirst()
  const range = await labels
    .$if(cut !== undefined, (q) => q.where('prediction_id', '>', cut!.prediction_id))
    .select((e) => [e.fn.min('prediction_id').as('first'), e.fn.max('prediction_id').as('last')])
    .executeTakeFirst()
  return range?.first && range.last ? { first: range.first, last: range.last, isCut: cut !== undefined } : null
}

/** The labels of predictions in a range, by their ids. */
export const labelsWithin = async (
  db: Db,
  deploymentId: string,
  { from, to }: LabelRange,
): Promise<Omit<StoredLabel, 'importedAt'>[]> =>
  await db
    .selectFrom('prediction_labels')
    .select(['prediction_id as predictionId', 'label', 'imported_by as importedBy'])
    .where('deployment_id', '=', deploymentId)
    .where('prediction_id', '>=', from)
    .where('prediction_id', '<=', to)
    .orderBy('prediction_id')
    .execute()
