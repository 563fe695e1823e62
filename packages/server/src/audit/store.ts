import type { NodePlace } from '@airlock-ml/bundle'
import type { AuditEvent, Page, PageQuery } from '@airlock-ml/contract'
import type { CompiledQuery } from 'kysely'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type AuditTables = {
  /** How many events there are, and the frontier of their tree. */
  audit_head: { id: number; sequence: number; frontier: string }
  /** `entry` is the event, byte for byte as its leaf is hashed; the other columns are only for finding it. */
  audit_events: {
    sequence: number
    id: string
    at: string
    type: string
    project: string | null
    subject_kind: string
    subject_id: string
    subject_digest: string | null
    outcome: AuditEvent['outcome']
    entry: string
    leaf_hash: string
    /** The inner nodes that this event completes, from the lowest up: hashes, hex, one after the other. */
    nodes: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends AuditTables {}
}

/** How long the log is, and the frontier of its tree. */
export type LogHead = { size: number; frontier: string }

/**
 * Takes the next place in the log and returns the head before it. The update locks the head, so that places have no
 * gaps and no two share one.
 */
export async function takePlace(tx: Tx): Promise<LogHead> {
  const { rows } = await tx.executeQuery<{ sequence: number; frontier: string }>(statementsOf(tx).takePlace)
  const head = rows[0]
  if (!head) throw new Error('The log has no head.')
  return { size: Number(head.sequence) - 1, frontier: head.frontier }
}

export async function readHead(db: Db): Promise<LogHead> {
  const head = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
  return { size: Number(head.sequence), frontier: head.frontier }
}

/** Writes an event with its leaf, the nodes that it completes, and the new frontier. */
export async function insertEvent(
  tx: Tx,
  event: AuditEvent,
  tree: { entry: string; leafHash: string; nodes: string; frontier: string },
): Promise<void> {
  const { insertEvent, setFrontier } = statementsOf(tx)
  const parameters = Object.values(rowOf(event, tree))
  await tx.executeQuery({ ...insertEvent, parameters })
  await tx.executeQuery({ ...setFrontier, parameters: [tree.frontier, 1] })
}

const rowOf = (event: AuditEvent, tree: { entry: string; leafHash: string; nodes: string }) => ({
  sequence: event.sequence,
  id: event.id,
  at: event.at,
  type: event.type,
  project: event.project,
  subject_kind: event.subject.kind,
  subject_id: event.subject.id,
  subject_digest: event.subject.digest,
  outcome: event.outcome,
  entry: tree.entry,
  leaf_hash: tree.leafHash,
  nodes: tree.nodes,
})

type Statements = { takePlace: CompiledQuery; insertEvent: CompiledQuery; setFrontier: CompiledQuery }

const compiled = new WeakMap<object, Statements>()

/** Every act runs these, and to compile them costs more than to run them: compiled once for each open database. */
function statementsOf(tx: Tx): Statements {
  const { adapter } = tx.getExecutor()
  const known = compiled.get(adapter)
  if (known) return known
  const subject = { kind: '', id: '', digest: '' }
  const event = { sequence: 1, id: '', at: '', type: '', project: '', subject, outcome: 'done' } as AuditEvent
  const statements = {
    takePlace: tx
      .updateTable('audit_head')
      .set((e) => ({ sequence: e('sequence', '+', 1) }))
      .where('id', '=', 1)
      .returning(['sequence', 'frontier'])
      .compile(),
    insertEvent: tx
      .insertInto('audit_events')
      .values(rowOf(event, { entry: '', leafHash: '', nodes: '' }))
      .compile(),
    setFrontier: tx.updateTable('audit_head').set({ frontier: '' }).where('id', '=', 1).compile(),
  }
  compiled.set(adapter, statements)
  return statements
}

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

/** Numbers and subjects of the events of a type above `from` and up to `to`, in order. */
export async function sequencesOfType(db: Db, type: string, { from, to }: { from: number; to: number }) {
  const rows = await db
    .selectFrom('audit_events')
    .select(['sequence', 'subject_id'])
    .where('type', '=', type)
    .where('sequence', '>', from)
    .where('sequence', '<=', to)
    .orderBy('sequence')
    .execute()
  return rows.map((row) => ({ sequence: Number(row.sequence), subject: row.subject_id }))
}

/** The events of a type about a subject, oldest first: their bytes, and the digest that each led to. */
export async function eventsOfSubject(db: Db, type: string, subject: string) {
  const rows = await db
    .selectFrom('audit_events')
    .select(['sequence', 'entry'])
    .where('subject_id', '=', subject)
    .where('type', '=', type)
    .orderBy('sequence')
    .execute()
  return rows.map(({ sequence, entry }) => {
    const { after } = fromJson<AuditEvent>(entry)
    return { sequence: Number(sequence), entry, digest: (after as { digest?: string } | null)?.digest }
  })
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

/** Up to `limit` rows of the log behind `after`, in order. */
export const rowsAfter = (db: Db, after: number, limit: number) =>
  db.selectFrom('audit_events').selectAll().where('sequence', '>', after).orderBy('sequence').limit(limit).execute()

const HASH_CHARS = 64

/** Hashes of complete subtrees, by `level/position`, each from the row of the event that completes it. */
export async function readNodes(db: Db, places: readonly NodePlace[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const { level, position } of places) {
    const row = await db
      .selectFrom('audit_events')
      .select(['leaf_hash', 'nodes'])
      .where('sequence', '=', (position + 1) * 2 ** level)
      .executeTakeFirst()
    const hash = level === 0 ? row?.leaf_hash : row?.nodes.slice((level - 1) * HASH_CHARS, level * HASH_CHARS)
    if (hash) found.set(`${level}/${position}`, Buffer.from(hash, 'hex'))
  }
  return found
}

const eventOf = (row: AuditTables['audit_events']): AuditEvent => fromJson(row.entry)
