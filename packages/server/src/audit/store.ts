import type { Actor, AuditEvent, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type AuditTables = {
  audit_head: { id: number; sequence: number }
  audit_events: {
    sequence: number
    id: string
    at: string
    type: string
    actor: string
    project: string | null
    subject_kind: string
    subject_id: string
    subject_digest: string | null
    outcome: AuditEvent['outcome']
    before_json: string | null
    after_json: string | null
    reason: string | null
    request_id: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends AuditTables {}
}

/** Takes the next place in the log. The update locks the head, so that places have no gaps and no two share one. */
export async function nextSequence(tx: Tx): Promise<number> {
  const head = await tx
    .updateTable('audit_head')
    .set((e) => ({ sequence: e('sequence', '+', 1) }))
    .where('id', '=', 1)
    .returning('sequence')
    .executeTakeFirstOrThrow()
  return Number(head.sequence)
}

export const insertEvent = (tx: Tx, event: AuditEvent) =>
  tx
    .insertInto('audit_events')
    .values({
      sequence: event.sequence,
      id: event.id,
      at: event.at,
      type: event.type,
      actor: toJson(event.actor),
      project: event.project,
      subject_kind: event.subject.kind,
      subject_id: event.subject.id,
      subject_digest: event.subject.digest,
      outcome: event.outcome,
      before_json: event.before === null ? null : toJson(event.before),
      after_json: event.after === null ? null : toJson(event.after),
      reason: event.reason,
      request_id: event.requestId,
    })
    .execute()

export async function listEvents(
  db: Db,
  filter: { type?: string | undefined; subject?: string | undefined },
  page: PageQuery,
): Promise<Page<AuditEvent>> {
  const query = db
    .selectFrom('audit_events')
    .selectAll()
    .$if(filter.type !== undefined, (q) => q.where('type', '=', filter.type!))
    .$if(filter.subject !== undefined, (q) => q.where('subject_id', '=', filter.subject!))
  const rows = await pageOf(query, page, {
    column: 'sequence',
    direction: 'desc',
    valueOf: (row) => Number(row.sequence),
  })
  return mapPage(rows, eventOf)
}

export async function findEvent(db: Db, sequence: number): Promise<AuditEvent | undefined> {
  const row = await db.selectFrom('audit_events').selectAll().where('sequence', '=', sequence).executeTakeFirst()
  return row && eventOf(row)
}

/** For the check: how long the log says it is, and how many events are there. */
export async function measureLog(db: Db): Promise<{ head: number; events: number }> {
  const head = await db.selectFrom('audit_head').select('sequence').executeTakeFirstOrThrow()
  const count = await db
    .selectFrom('audit_events')
    .select((e) => e.fn.countAll().as('n'))
    .executeTakeFirstOrThrow()
  return { head: Number(head.sequence), events: Number(count.n) }
}

const eventOf = (row: AuditTables['audit_events']): AuditEvent => ({
  sequence: Number(row.sequence),
  id: row.id,
  at: row.at,
  type: row.type,
  actor: fromJson<Actor>(row.actor),
  project: row.project,
  subject: { kind: row.subject_kind, id: row.subject_id, digest: row.subject_digest },
  outcome: row.outcome,
  before: row.before_json === null ? null : fromJson(row.before_json),
  after: row.after_json === null ? null : fromJson(row.after_json),
  reason: row.reason,
  requestId: row.request_id,
})
