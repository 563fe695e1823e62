import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'
import { sqliteError } from './sqlite-error.ts'

/** A busy wait blocks the event loop, so it is short; `transact` waits the rest asynchronously. */
const BUSY_TIMEOUT_MS = 20
/** Whoever closes a database as the last one holds it alone while it tidies up: that is waited for. */
const OPEN_TIMEOUT_MS = 2_000
const MAX_CACHED_STATEMENTS = 500

/**
 * Opens `path` with write-ahead log and full durability: what is committed survives a power cut.
 * @throws PlatformError `database_full`, `database_unusable`; so does every query
 */
export function sqliteDialect(path: string): SqliteDialect {
  const call: Call = (work) => {
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, path)
    }
  }
  const database = call(() => open(path))
  return new ImmediateSqliteDialect({ database: adapt(database, call) }, database)
}

/** Does something with the database, and tells its errors in the catalogue's words. */
type Call = <T>(work: () => T) => T

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS, enableForeignKeyConstraints: true })
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full')
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Transactions take the write lock at their start: deferred ones fail half way when two processes write. */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  readonly #database: DatabaseSync
  constructor(config: SqliteDialectConfig, database: DatabaseSync) {
    super(config)
    this.#config = config
    this.#database = database
  }
  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.#config, this.#database)
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  constructor(config: SqliteDialectConfig, database: DatabaseSync) {
    super(config)
    this.#database = database
  }
  /** SQLite ends a transaction by itself when the disk is full; a second end would hide why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

type Statement = ReturnType<SqliteDatabase['prepare']>

/** node:sqlite in the shape that Kysely's SQLite dialect takes, with prepared statements kept. */
function adapt(database: DatabaseSync, call: Call): SqliteDatabase {
  const statements = new Map<string, Statement>()
  const prepare = (sql: string) => {
    const known = statements.get(sql)
    if (known) return known
    const made = statementOf(database.prepare(sql), call)
    if (statements.size >= MAX_CACHED_STATEMENTS) statements.delete(statements.keys().next().value as string)
    statements.set(sql, made)
    return made
  }
  return { close: () => database.close(), prepare: (sql) => call(() => prepare(sql)) }
}

function statementOf(statement: StatementSync, call: Call): Statement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => call(() => statement.all(...bind(parameters))),
    run: (parameters) => call(() => statement.run(...bind(parameters))),
    iterate: (parameters) => call(() => statement.iterate(...bind(parameters))),
  }
}

const bind = (parameters: readonly unknown[]) =>
  parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value)) as SQLInputValue[]
