import type { Recall, RecallNotice } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { findRecall } from '../marks/store.ts'

export type NoticeTables = {
  /** What this workspace tells others, in its own numbering. */
  recall_notices: { sequence: number; recall_id: string; act: RecallNotice['act'] }
  /** What others told it; `digest` is of the signed statement. */
  received_notices: { workspace: string; sequence: number; digest: string; key_hint: string; received_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends NoticeTables {}
}

export async function nextNotice(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('recall_notices')
    .select((e) => e.fn.max('sequence').as('last'))
    .executeTakeFirst()
  return Number(row?.last ?? 0) + 1
}

export const insertNotice = (tx: Tx, row: NoticeTables['recall_notices']) =>
  tx.insertInto('recall_notices').values(row).execute()

export async function findNotice(
  db: Db,
  sequence: number,
): Promise<{ act: RecallNotice['act']; recall: Recall } | undefined> {
  const row = await db
    .selectFrom('recall_notices')
    .innerJoin('recalls', 'recalls.id', 'recall_notices.recall_id')
    .select(['recall_notices.act', 'recalls.id', 'recalls.project'])
    .where('recall_notices.sequence', '=', sequence)
    .executeTakeFirst()
  const found = row && (await findRecall(db, row.project, row))
  return found && { act: row.act, recall: found.recall }
}

/** The numbers of a workspace's notices that were received. */
export async function receivedNotices(db: Db, workspace: string): Promise<Set<number>> {
  const rows = await db
    .selectFrom('received_notices')
    .select('sequence')
    .where('workspace', '=', workspace)
    .orderBy('sequence')
    .execute()
  return new Set(rows.map(({ sequence }) => Number(sequence)))
}

/** False when it was received before. */
export async function insertReceived(tx: Tx, row: NoticeTables['received_notices']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('received_notices')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** The number here of a version of another workspace, when it came in. */
export async function versionNumberOf(
  db: Db,
  { project, model, source }: { project: string; model: string; source: NonNullable<Recall['source']> },
): Promise<number | null> {
  const row = await db
    .selectFrom('model_versions')
    .select('number')
    .where('project', '=', project)
    .where('model', '=', model)
    .where('source_workspace', '=', source.workspace)
    .where('source_number', '=', source.number)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? null
}
