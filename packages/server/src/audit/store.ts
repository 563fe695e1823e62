import type { NodePlace, TreeNode } from '@airlock-ml/bundle'
import type { AuditEvent, Page, PageQuery } from '@airlock-ml/contract'
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
  }
  /** Complete inner nodes, so that a proof reads a handful of rows. */
  audit_nodes: { level: number; position: number; hash: string }
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
  const head = await tx
    .updateTable('audit_head')
    .set((e) => ({ sequence: e('sequence', '+', 1) }))
    .where('id', '=', 1)
    .returning(['sequence', 'frontier'])
    .executeTakeFirstOrThrow()
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
  tree: { entry: string; leafHash: string; nodes: readonly TreeNode[]; frontier: string },
): Promise<void> {
  await tx
    .insertInto('audit_events')
    .values({
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
    })
    .execute()
  for (const { level, position, hash } of tree.nodes)
    await tx
      .insertInto('audit_nodes')
      .values({ level, position, hash: hash.toString('hex') })
      .execute()
  await tx.updateTable('audit_head').set({ frontier: tree.frontier }).where('id', '=', 1).execute()
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

/** Hashes of complete subtrees, by `level/position`; leaves are at level 0. */
export async function readNodes(db: Db, places: readonly NodePlace[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const { level, position } of places) {
    const row =
      level === 0
        ? await db
            .selectFrom('audit_events')
            .select('leaf_hash as hash')
            .where('sequence', '=', position + 1)
            .executeTakeFirst()
        : await db
            .selectFrom('audit_nodes')
            .select('hash')
            .where('level', '=', level)
            .where('position', '=', position)
            .executeTakeFirst()
    if (row) found.set(`${level}/${position}`, Buffer.from(row.hash, 'hex'))
  }
  return found
}

/** The inner nodes of one level, from one position up to and including another. */
export const nodesBetween = (db: Db, level: number, { from, to }: { from: number; to: number }) =>
  db
    .selectFrom('audit_nodes')
    .select(['position', 'hash'])
    .where('level', '=', level)
    .where('position', '>=', from)
    .where('position', '<=', to)
    .execute()

export async function countNodes(db: Db): Promise<number> {
  const { n } = await db
    .selectFrom('audit_nodes')
    .select((e) => e.fn.countAll().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}

const eventOf = (row: AuditTables['audit_events']): AuditEvent => fromJson(row.entry)
