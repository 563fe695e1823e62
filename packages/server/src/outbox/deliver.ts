import type { Json } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import { markDelivered, markFailed, takeMessage } from './store.ts'

/** Takes a message to where it belongs. It may be called again with the same one: it must be idempotent. */
export type Sink = (payload: Json) => Promise<void>

const LEASE_MS = 60_000
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 10 * 60_000

/**
 * Delivers every message that is due, each under a lease; one that fails is tried again after 1, 2, 4 … seconds, at
 * most 10 minutes. Returns how many were delivered.
 */
export async function deliver(db: Db, sinks: Readonly<Record<string, Sink>>, now: () => Date): Promise<number> {
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString()
  for (let delivered = 0; ; ) {
    const message = await transact(db, (tx) => takeMessage(tx, now().toISOString(), later(LEASE_MS)))
    if (!message) return delivered
    try {
      const sink = sinks[message.topic]
      if (!sink) throw new Error(`This version of Airlock has no sink for the topic ${message.topic}.`)
      await sink(fromJson<Json>(message.payload))
      await crashPoint('outbox:delivered')
      await transact(db, (tx) => markDelivered(tx, message.id, now().toISOString()))
      delivered++
    } catch (error) {
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, Number(message.attempts) - 1))
      const reason = error instanceof Error ? error.message : String(error)
      await transact(db, (tx) => markFailed(tx, message.id, { error: reason, nextAttemptAt: later(waitMs) }))
    }
  }
}
