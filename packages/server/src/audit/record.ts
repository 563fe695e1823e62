import { growFrontier, leafHashOfText } from '@airlock-ml/bundle'
import type { Actor, AuditEvent, Json } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { entryOf } from './entry.ts'
import { insertEvent, knownHead, type LogHead, moveHead, readHead } from './store.ts'

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
  signedInBy: null,
})

/**
 * Writes an audit event in the act's own transaction (law 1), grows the log's tree by it, and returns its place in the
 * log, which orders everything that is ordered by time.
 */
export async function record(
  tx: Tx,
  { now, newId }: { now: () => Date; newId: () => string },
  act: Act,
): Promise<number> {
  const event: Omit<AuditEvent, 'sequence'> = {
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
  }
  // The known head may be that of a transaction that was taken back, or older than what another process wrote.
  let head = knownHead(tx) ?? (await readHead(tx))
  while (!(await append(tx, head, event))) head = await readHead(tx)
  return head.size + 1
}

/** Writes an event behind `head`, unless that is no longer the head. */
async function append(tx: Tx, head: LogHead, event: Omit<AuditEvent, 'sequence'>): Promise<boolean> {
  const numbered = { ...event, sequence: head.size + 1 }
  const entry = entryOf(numbered)
  const leafHash = leafHashOfText(entry)
  const { frontier, nodes } = growFrontier(head, leafHash)
  if (!(await moveHead(tx, head, { size: numbered.sequence, frontier }))) return false
  await insertEvent(tx, numbered, { entry, leafHash, nodes })
  return true
}
