import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@airlock-ml/contract'
import type { Db, Tx } from './db.ts'

/** How long a transaction waits for other writers before it gives up. */
const PATIENCE_MS = 15_000
const MIN_WAIT_MS = 2
const MAX_WAIT_MS = 40

/**
 * Runs `work` in one transaction, again from its start while another process holds the write lock. No I/O belongs
 * inside: the lock is held while it waits.
 * @throws PlatformError `database_busy` after 15 s
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const startedAtMs = performance.now()
  for (;;) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() - startedAtMs > PATIENCE_MS)
        throw new PlatformError('database_busy', 'Other processes held the write lock for 15 s.', {}, { cause: error })
      await sleep(MIN_WAIT_MS + Math.random() * (MAX_WAIT_MS - MIN_WAIT_MS))
    }
  }
}

const SQLITE_BUSY = 5
const isBusy = (error: unknown) =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
