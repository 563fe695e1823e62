import type { Db, Tx } from '../db/db.ts'

export type OutboxTables = {
  outbox: {
    id: string
    topic: string
    payload: string
    created_at: string
    attempts: number
    next_attempt_at: string
    delivered_at: string | null
    last_error: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends OutboxTables {}
}

export const insertMessage = (tx: Tx, row: OutboxTables['outbox']) => tx.insertInto('outbox').values(row).execute()

/** Takes the oldest message that is due and hides it until `hiddenUntil`, so that one dispatcher has it. */
export const takeMessage = (tx: Tx, now: string, hiddenUntil: string) =>
  tx
    .updateTable('outbox')
    .set((e) => ({ next_attempt_at: hiddenUntil, attempts: e('attempts', '+', 1) }))
    .where('id', '=', (e) =>
      e
        .selectFrom('outbox')
        .select('id')
        .where('delivered_at', 'is', null)
        .where('next_attempt_at', '<=', now)
        .orderBy('next_attempt_at')
        .orderBy('id')
        .limit(1),
    )
    .returningAll()
    .executeTakeFirst()

export const markDelivered = (tx: Tx, id: string, at: string) =>
  tx.updateTable('outbox').set({ delivered_at: at, last_error: null }).where('id', '=', id).execute()

export const markFailed = (tx: Tx, id: string, retry: { error: string; nextAttemptAt: string }) =>
  tx
    .updateTable('outbox')
    .set({ last_error: retry.error, next_attempt_at: retry.nextAttemptAt })
    .where('id', '=', id)
    .execute()

export const countWaiting = async (db: Db): Promise<number> => {
  const row = await db
    .selectFrom('outbox')
    .select((e) => e.fn.countAll().as('n'))
    .where('delivered_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}
