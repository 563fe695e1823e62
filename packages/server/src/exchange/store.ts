import type { Db, Tx } from '../db/db.ts'

export type ExchangeTables = {
  /** What was refused in the exchange, so that the same bytes are recorded once. */
  refused_files: { exchange_key: string; digest: string; refused_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends ExchangeTables {}
}

/** False when the same bytes were refused there before. */
export async function insertRefusedFile(tx: Tx, row: ExchangeTables['refused_files']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('refused_files')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** How much was refused below a folder of the exchange since a moment. */
export async function countRefusedFiles(db: Db, { folder, since }: { folder: string; since: string }): Promise<number> {
  const { n } = await db
    .selectFrom('refused_files')
    .select((e) => e.fn.countAll().as('n'))
    .where('refused_at', '>', since)
    .where('exchange_key', 'like', `${folder}/%`)
    .executeTakeFirstOrThrow()
  return Number(n)
}
