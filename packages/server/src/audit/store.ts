import type { NodePlace } from '@airlock-ml/bundle'
import type { AuditEvent, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

export type AuditTables = {
  /** How many events there are, and the frontier of their tree. */
  audit_head: { id: number; sequence: number; frontier: string }
  /** `entry` is the event, byte for byte as its leaf is hashed; `type` and `subject_id` are only for finding it. */
  audit_events: {
    sequence: number
    type: string
    subject_id: string
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

const heads = new WeakMap<object, LogHead>()

/** The head as this process wrote it last, if it did. It may have been taken back, or another process have moved it. */
export const knownHead = (tx: Tx): LogHead | undefined => heads.get(tx.getExecutor().adapter)

/** Moves the head, unless it is no longer where it is thought to be: so places have no gaps and no two share one. */
export async function moveHead(tx: Tx, from: LogHead, to: LogHead): Promise<boolean> {
  const { numAffectedRows } = await moveHeadOnce(tx, {
    fromSize: from.size,
    fromFrontier: from.frontier,
    toSize: to.size,
    toFrontier: to.frontier,
  })
  if (numAffectedRows !== 1n) return false
  heads.set(tx.getExecutor().adapter, to)
  return true
}

type HeadMove = { fromSize: number; fromFrontier: string; toSize: number; toFrontier: string }

const moveHeadOnce = prepared((db, move: HeadMove) =>
  db
    .updateTable('audit_head')
    .set({ sequence: move.toSize, frontier: move.toFrontier })
    .where('id', '=', 1)
    .where('sequence', '=', move.fromSize)
    .where('frontier', '=', move.fromFrontier),
)

export async function readHead(db: Db): Promise<LogHead> {
  const head = await db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
  return { size: Number(head.sequence), frontier: head.frontier }
}

/** Writes an event with its leaf and the nodes that it completes. */
export async function insertEvent(
  tx: Tx,
  event: AuditEvent,
  tree: { entry: string; leafHash: string; nodes: string },
): Promise<void> {
  await insertEventRow(tx, {
    sequence: event.sequence,
    type: event.type,
    subject_id: event.subject.id,
    entry: tree.entry,
    leaf_hash: tree.leafHash,
    nodes: tree.nodes,
  })
}

const insertEventRow = prepared((db, row: AuditTables['audit_events']) =>
  db.insertInto('audit_events').values({
    sequence: row.sequence,
    type: row.type,
    subject_id: row.subject_id,
    entry: row.entry,
    leaf_hash: row.leaf_hash,
    nodes: row.nodes,
  }),
)

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

/** The events of some types behind a place in the log, in order. */
export async function eventsSince(db: Db, types: readonly string[], sequence: number): Promise<AuditEvent[]> {
  const rows = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('type', 'in', [...types])
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .execute()
  return rows.map(eventOf)
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

/** All events about any of the subjects, in order. */
export async function eventsAbout(db: Db, subjects: readonly string[]): Promise<AuditEvent[]> {
  const rows = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('subject_id', 'in', [...subjects])
    .orderBy('sequence')
    .execute()
  return rows.map(eventOf)
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
