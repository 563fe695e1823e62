import { Kysely, type Transaction } from 'kysely'
import { sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** The database outside a transaction: for reading, and for `transact`. */
export type Db = Kysely<Tables>
/** The database inside a transaction; every write takes one. */
export type Tx = Transaction<Tables>

/** Opens an embedded workspace's database file, making it when it is missing. */
export const openDb = (path: string): Db => new Kysely<Tables>({ dialect: sqliteDialect(path) })
