import { canonicalJson, Frontier, leafHash } from '@airlock-ml/bundle'
import type { Actor, AuditEvent, Json } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { insertEvent, takePlace } from './store.ts'

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
 * Writes an audit event in the act's own transaction (law 1), grows the log's tree by it, and returns its place in the
 * log, which orders everything that is ordered by time.
 */
export async function record(
  tx: Tx,
  { now, newId }: { now: () => Date; newId: () => string },
  act: Act,
): Promise<number> {
  const head = await takePlace(tx)
  const sequence = head.size + 1
  const event: AuditEvent = {
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
  }
  const entry = Buffer.from(entryOf(event))
  const leaf = leafHash(entry)
  const frontier = new Frontier(head.size, head.frontier)
  let nodes = ''
  frontier.append(leaf, ({ hash }) => {
    nodes += hash.toString('hex')
  })
  await insertEvent(tx, event, {
    entry: entry.toString(),
    leafHash: leaf.toString('hex'),
    nodes,
    frontier: frontier.text,
  })
  return sequence
}

/** Half a surrogate pair has no UTF-8, and a stranger's string must not be able to keep an event out of the log. */
function entryOf(event: AuditEvent): Uint8Array {
  try {
    return canonicalJson(event)
  } catch {
    return canonicalJson(wellFormed(event))
  }
}

const wellFormed = (event: AuditEvent): AuditEvent =>
  JSON.parse(JSON.stringify(event), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ) as AuditEvent
