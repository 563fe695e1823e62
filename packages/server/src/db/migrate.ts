import { PlatformError } from '@airlock-ml/contract'
import { sql } from 'kysely'
import type { Db } from './db.ts'
import { birth } from './migrations/0001-birth.ts'
import type { Migration } from './migrations/migration.ts'
import { transact } from './transact.ts'

export type SchemaTables = { schema_versions: { version: number; name: string; breaking: number; applied_at: string } }

declare module './tables.ts' {
  interface Tables extends SchemaTables {}
}

/** All of them, in order; a migration's version is its place, from 1. */
const migrations: readonly Migration[] = [birth]

/**
 * Brings the schema up to date, each migration in a transaction of its own that writes its version first, so that two
 * processes cannot both apply it.
 * @throws PlatformError `schema_too_new` when a newer program made a breaking change
 */
export async function migrate(db: Db, now: Date): Promise<void> {
  const current = await currentVersion(db)
  if (current > migrations.length) return refuseBreaking(db, current)
  for (let version = current + 1; version <= migrations.length; version++) {
    const migration = migrations[version - 1]!
    await transact(db, async (tx) => {
      await sql`create table if not exists schema_versions (version integer primary key, name text not null, breaking integer not null, applied_at text not null)`.execute(
        tx,
      )
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('schema_versions')
        .values({ version, name: migration.name, breaking: Number(migration.breaking), applied_at: now.toISOString() })
        .onConflict((c) => c.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return
      for (const statement of migration.statements) await sql.raw(statement).execute(tx)
    })
  }
}

async function currentVersion(db: Db): Promise<number> {
  try {
    const row = await db
      .selectFrom('schema_versions')
      .select((e) => e.fn.max('version').as('version'))
      .executeTakeFirst()
    return Number(row?.version ?? 0)
  } catch (error) {
    if (error instanceof Error && /no such table|does not exist/.test(error.message)) return 0
    throw error
  }
}

async function refuseBreaking(db: Db, current: number): Promise<void> {
  const newer = await db.selectFrom('schema_versions').selectAll().where('version', '>', migrations.length).execute()
  const breaking = newer.find((row) => row.breaking)
  if (!breaking) return
  throw new PlatformError(
    'schema_too_new',
    `Its schema is at ${current} (${breaking.name}); this Airlock knows ${migrations.length}.`,
  )
}
