import type { Checkpoint, Page, PageQuery, WitnessedCheckpoint } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type CheckpointTables = {
  checkpoints: {
    size: number
    /** Unique: two replicas cannot both continue the same checkpoint. */
    previous_size: number
    root_hash: string
    at: string
    key_hint: string
    envelope: string
  }
  /** What others said of our checkpoints. */
  countersignatures: { witness: string; size: number; at: string; key_hint: string; envelope: string }
  /** What we said of the checkpoints of others; `envelope` is ours. */
  witnessed_checkpoints: {
    workspace: string
    size: number
    root_hash: string
    at: string
    key_hint: string
    envelope: string
  }
  /** Digests of published heads that were refused, so that each is refused once. */
  refused_checkpoints: { workspace: string; digest: string; refused_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends CheckpointTables {}
}

export const lastCheckpoint = (db: Db) =>
  db.selectFrom('checkpoints').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst()

export const findCheckpoint = (db: Db, size: number) =>
  db.selectFrom('checkpoints').selectAll().where('size', '=', size).executeTakeFirst()

/** The smallest signed head that covers an event. */
export const firstCheckpointFrom = (db: Db, sequence: number) =>
  db.selectFrom('checkpoints').selectAll().where('size', '>=', sequence).orderBy('size').limit(1).executeTakeFirst()

/** The largest head of ours that a witness has countersigned. */
export const lastCountersigned = (db: Db) =>
  db
    .selectFrom('checkpoints')
    .innerJoin('countersignatures', 'countersignatures.size', 'checkpoints.size')
    .selectAll('checkpoints')
    .orderBy('checkpoints.size', 'desc')
    .limit(1)
    .executeTakeFirst()

/** False when another replica was faster. */
export async function insertCheckpoint(tx: Tx, row: CheckpointTables['checkpoints']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('checkpoints')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Every signed head, smallest first. */
export const allCheckpoints = (db: Db) => db.selectFrom('checkpoints').selectAll().orderBy('size').execute()

/** Signed heads whose size is above `from` and at most `to`, smallest first. */
export const checkpointsBetween = (db: Db, { from, to }: { from: number; to: number }) =>
  db.selectFrom('checkpoints').selectAll().where('size', '>', from).where('size', '<=', to).orderBy('size').execute()

export const countersignaturesAt = (db: Db, sizes: readonly number[]) =>
  db.selectFrom('countersignatures').selectAll().where('size', 'in', sizes).orderBy('witness').execute()

export async function listCheckpoints(db: Db, page: PageQuery): Promise<Page<Checkpoint>> {
  const query = db.selectFrom('checkpoints').selectAll()
  const rows = await pageOf(query, page, { column: 'size', direction: 'desc', valueOf: (row) => Number(row.size) })
  const seen =
    rows.items.length === 0
      ? []
      : await countersignaturesAt(
          db,
          rows.items.map(({ size }) => size),
        )
  return mapPage(rows, (row) =>
    checkpointOf(
      row,
      seen.filter(({ size }) => Number(size) === Number(row.size)),
    ),
  )
}

export const checkpointOf = (
  row: CheckpointTables['checkpoints'],
  seen: readonly CheckpointTables['countersignatures'][],
): Checkpoint => ({
  size: Number(row.size),
  rootHash: row.root_hash,
  at: row.at,
  previousSize: Number(row.previous_size),
  keyHint: row.key_hint,
  envelope: row.envelope,
  witnesses: seen.map(({ witness, at }) => ({ workspace: witness, at })),
})

export const insertCountersignature = (tx: Tx, row: CheckpointTables['countersignatures']) =>
  tx
    .insertInto('countersignatures')
    .values(row)
    .onConflict((c) => c.doNothing())
    .execute()

/** The sizes of our checkpoints that a witness has countersigned. */
export async function sizesSeenBy(db: Db, witness: string): Promise<Set<number>> {
  const rows = await db.selectFrom('countersignatures').select('size').where('witness', '=', witness).execute()
  return new Set(rows.map(({ size }) => Number(size)))
}

/** Roots of the heads of a workspace that we countersigned, by size. */
export async function witnessedRoots(db: Db, workspace: string): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('witnessed_checkpoints')
    .select(['size', 'root_hash'])
    .where('workspace', '=', workspace)
    .orderBy('size')
    .execute()
  return new Map(rows.map((row) => [Number(row.size), row.root_hash]))
}

export const findWitnessed = (db: Db, workspace: string, size: number) =>
  db
    .selectFrom('witnessed_checkpoints')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('size', '=', size)
    .executeTakeFirst()

/** False when we have countersigned a head of that size. */
export async function insertWitnessed(tx: Tx, row: CheckpointTables['witnessed_checkpoints']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('witnessed_checkpoints')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export async function listWitnessed(db: Db, workspace: string, page: PageQuery): Promise<Page<WitnessedCheckpoint>> {
  const query = db.selectFrom('witnessed_checkpoints').selectAll().where('workspace', '=', workspace)
  const rows = await pageOf(query, page, { column: 'size', direction: 'desc', valueOf: (row) => Number(row.size) })
  return mapPage(rows, (row) => ({
    workspace: row.workspace,
    size: Number(row.size),
    rootHash: row.root_hash,
    at: row.at,
    keyHint: row.key_hint,
    envelope: row.envelope,
  }))
}

/** Remembers a refused head; false when it was refused before. */
export async function insertRefused(tx: Tx, row: CheckpointTables['refused_checkpoints']): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('refused_checkpoints')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export async function countRefusedSince(db: Db, workspace: string, since: string): Promise<number> {
  const { n } = await db
    .selectFrom('refused_checkpoints')
    .select((e) => e.fn.countAll().as('n'))
    .where('workspace', '=', workspace)
    .where('refused_at', '>', since)
    .executeTakeFirstOrThrow()
  return Number(n)
}
