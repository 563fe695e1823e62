import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'

/** A busy wait blocks the event loop, so it is short; `transact` waits the rest asynchronously. */
const BUSY_TIMEOUT_MS = 20
const MAX_CACHED_STATEMENTS = 500

/** Opens `path` with write-ahead log and full durability: what is committed survives a power cut. */
export function sqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  return new ImmediateSqliteDialect({ database: adapt(database) })
}

/** Transactions take the write lock at their start: deferred ones fail half way when two processes write. */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }
  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.#config)
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** node:sqlite in the shape that Kysely's SQLite dialect takes, with prepared statements kept. */
function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, { statement: StatementSync; reader: boolean }>()
  const prepare = (sql: string) => {
    const known = statements.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    const made = { statement, reader: statement.columns().length > 0 }
    if (statements.size >= MAX_CACHED_STATEMENTS) statements.delete(statements.keys().next().value as string)
    statements.set(sql, made)
    return made
  }
  const bind = (parameters: readonly unknown[]) =>
    parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value)) as SQLInputValue[]
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const { statement, reader } = prepare(sql)
      return {
        reader,
        all: (parameters) => statement.all(...bind(parameters)),
        run: (parameters) => statement.run(...bind(parameters)),
        iterate: (parameters) => statement.iterate(...bind(parameters)),
      }
    },
  }
}
