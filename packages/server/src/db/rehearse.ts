import { sql } from 'kysely'
import type { Tx } from './db.ts'

/** Does something inside a transaction and takes it back, so that whatever it would throw is thrown now. */
export async function rehearse(tx: Tx, work: () => Promise<unknown>): Promise<void> {
  await sql`savepoint rehearsal`.execute(tx)
  try {
    await work()
  } finally {
    await sql`rollback to savepoint rehearsal`.execute(tx)
    await sql`release savepoint rehearsal`.execute(tx)
  }
}
