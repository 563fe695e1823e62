import type { Db, Tx } from '../db/db.ts'

/** Exports that were begun, so that what a killed one left in the exchange is known to be ours. */
export type ExportTables = {
  export_attempts: {
    id: string
    bundle_digest: string
    executor: string
    started_at: string
    ended_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ExportTables {}
}

export const insertExport = (tx: Tx, row: ExportTables['export_attempts']) =>
  tx.insertInto('export_attempts').values(row).execute()

export const setExportEnded = (tx: Tx, id: string, at: string) =>
  tx.updateTable('export_attempts').set({ ended_at: at }).where('id', '=', id).execute()

/** Every export that was begun here. */
export const allExports = (db: Db) => db.selectFrom('export_attempts').selectAll().execute()
