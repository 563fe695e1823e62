import type { Actor, AuditEvent, Json } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { insertEvent, nextSequence } from './store.ts'

/** What happened, in the words of the slice that did it. */
export type Act = {
  /** Noun and past participle, as `promotion.approved`. */
  type: string
  actor: Actor
  requestId: string | null
  project: string | null
  subject: { kind: string; id: string; digest?: string }
  outcome?: AuditEvent['outcome']
  before?: Json
  after?: Json
  reason?: string | null
}

/** The system itself: its workers. */
export const systemActor = (name: string): Actor => ({
  identityId: null,
  kind: 'system',
  name,
  person: name,
  apiKeyId: null,
})

/**
 * Writes an audit event in the act's own transaction (law 1) and returns its place in the log, which orders everything
 * that is ordered by time.
 */
export async function record(
  tx: Tx,
  { now, newId }: { now: () => Date; newId: () => string },
  act: Act,
): Promise<number> {
  const sequence = await nextSequence(tx)
  await insertEvent(tx, {
    sequence,
    id: newId(),
    at: now().toISOString(),
    type: act.type,
    actor: act.actor,
    project: act.project,
    subject: { kind: act.subject.kind, id: act.subject.id, digest: act.subject.digest ?? null },
    outcome: act.outcome ?? 'done',
    before: act.before ?? null,
    after: act.after ?? null,
    reason: act.reason ?? null,
    requestId: act.requestId,
  })
  return sequence
}
