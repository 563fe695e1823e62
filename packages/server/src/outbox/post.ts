import type { Json } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { insertMessage } from './store.ts'

/** Posts what must follow a commit, in the act's own transaction: no kill can lose it. */
export const post = (
  tx: Tx,
  { now, newId }: { now: () => Date; newId: () => string },
  message: { topic: string; payload: Json },
) => {
  const at = now().toISOString()
  return insertMessage(tx, {
    id: newId(),
    topic: message.topic,
    payload: toJson(message.payload),
    created_at: at,
    attempts: 0,
    next_attempt_at: at,
    delivered_at: null,
    last_error: null,
  })
}
