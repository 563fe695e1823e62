import { copyFile } from 'node:fs/promises'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

type Row = Record<string, SQLInputValue>

/** The rows that a run left, by table. */
export type RunRecord = Readonly<Record<string, readonly Row[]>>

/** What a run writes, a line a transaction, but for its steps: they take two transactions each. */
const OPENING = [
  ['pipelines', 'snapshots'],
  ['runs', 'audit_events', 'idempotency_keys'],
]

/** Copies a database that nobody has open. */
export const copyDatabase = (from: string, to: string): Promise<void> => copyFile(from, to)

/** The rows of `database` that `before`, an earlier copy of it, does not have. */
export function readRunRecord(database: string, before: string): RunRecord {
  const earlier = open(before)
  const later = open(database)
  const rowsOf = (table: string) => {
    const { last } = earlier.prepare(`select coalesce(max(rowid), 0) as last from ${table}`).get() as { last: number }
    return later.prepare(`select * from ${table} where rowid > ? order by rowid`).all(last) as Row[]
  }
  const record = Object.fromEntries([...OPENING.flat(), 'step_runs'].map((table) => [table, rowsOf(table)]))
  earlier.close()
  later.close()
  return record
}

/**
 * Writes the rows of a run with nothing but prepared statements, in the transactions that the server makes of them and
 * as durably: two a step, each of which renews the run's lease. Returns how many transactions.
 */
export function writeRunRecord(path: string, record: RunRecord): number {
  const database = open(path)
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  let transactions = 0
  const transact = (write: () => void) => {
    begin.run()
    write()
    commit.run()
    transactions++
  }
  const run = record.runs![0]!
  const renew = database.prepare('update runs set lease_expires_at = ? where id = ? and lease_token = ?')
  const hold = () => renew.run(run.lease_expires_at!, run.id!, run.lease_token!)
  for (const tables of OPENING) {
    transact(() => {
      for (const table of tables) for (const row of record[table]!) inserter(database, table, row)(row)
    })
  }
  const steps = record.step_runs!
  const insertStep = inserter(database, 'step_runs', steps[0]!)
  const endStep = database.prepare(
    'update step_runs set status = ?, ended_at = ?, metadata = ? where run_id = ? and name = ?',
  )
  for (const step of steps) {
    transact(() => {
      hold()
      insertStep({ ...step, status: 'running', ended_at: null })
    })
    transact(() => {
      hold()
      endStep.run(step.status!, step.ended_at!, step.metadata!, step.run_id!, step.name!)
    })
  }
  transact(hold)
  const endRun = database.prepare('update runs set status = ?, ended_at = ? where id = ?')
  transact(() => {
    hold()
    endRun.run(run.status!, run.ended_at!, run.id!)
  })
  database.close()
  return transactions
}

/** As the server opens its own. */
function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true })
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  return database
}

function inserter(database: DatabaseSync, table: string, row: Row): (row: Row) => void {
  const columns = Object.keys(row)
  const statement = database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  return (values) => void statement.run(...columns.map((column) => values[column]!))
}
