import type { Db, Tx } from '../db/db.ts'
import { type IndexedPart, type PredictionTables, partOf } from './store.ts'

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

/** Which of some subjects still have their key for a part. */
export async function subjectsWithKey(
  db: Db,
  { deploymentId, partId, subjects }: { deploymentId: string; partId: string; subjects: readonly string[] },
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let from = 0; from < subjects.length; from += ROWS_AT_ONCE)
    for (const { subject } of await db
      .selectFrom('prediction_subject_keys')
      .select('subject')
      .where('deployment_id', '=', deploymentId)
      .where('part_id', '=', partId)
      .where('subject', 'in', subjects.slice(from, from + ROWS_AT_ONCE))
      .execute())
      found.add(subject)
  return found
}

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

/** Every deployment that a project has, or had. */
export const deploymentsEver = (db: Db, project: string): Promise<{ id: string; name: string }[]> =>
  db.selectFrom('deployments').select(['id', 'name']).where('project', '=', project).orderBy('id').execute()
