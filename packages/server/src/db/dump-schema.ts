import { sql } from 'kysely'
import { openDb } from './db.ts'
import { migrate } from './migrate.ts'

/** The whole schema as SQL, after every migration, for `docs/generated/schema.sql`: so a review sees what changed. */
export async function dumpSchema(): Promise<string> {
  const db = openDb(':memory:')
  try {
    await migrate(db, new Date(0))
    const { rows } = await sql<{
      sql: string
    }>`select sql from sqlite_master where sql is not null order by name`.execute(db)
    return rows.map((row) => `${row.sql.replace(/\n\s+/g, '\n  ')};\n`).join('\n')
  } finally {
    await db.destroy()
  }
}
