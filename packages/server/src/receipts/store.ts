import type { Destination } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'

export type ReceiptTables = {
  receipts: {
    project: string
    version_id: string
    workspace: string
    number: number
    stage: Destination['stage']
    since: string
    promotion_id: string
    bundle_digest: string
    key_hint: string
    received_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ReceiptTables {}
}

const destinationOf = (row: ReceiptTables['receipts']): Destination => ({
  workspace: row.workspace,
  number: row.number,
  stage: row.stage,
  since: row.since,
  promotionId: row.promotion_id,
  bundleDigest: row.bundle_digest,
  keyHint: row.key_hint,
  receivedAt: row.received_at,
})

/** Where a version lives besides here, newest first. */
export async function destinationsOf(db: Db, versionId: string): Promise<Destination[]> {
  const query = db.selectFrom('receipts').selectAll().where('version_id', '=', versionId)
  return (await query.orderBy('promotion_id', 'desc').execute()).map(destinationOf)
}

/** False when it was received before. */
export async function insertReceipt(
  tx: Tx,
  { project, versionId }: { project: string; versionId: string },
  destination: Destination,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('receipts')
    .values({
      project,
      version_id: versionId,
      workspace: destination.workspace,
      number: destination.number,
      stage: destination.stage,
      since: destination.since,
      promotion_id: destination.promotionId,
      bundle_digest: destination.bundleDigest,
      key_hint: destination.keyHint,
      received_at: destination.receivedAt,
    })
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** The promotions elsewhere whose receipt was received. */
export async function receivedPromotions(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('receipts').select('promotion_id').execute()
  return new Set(rows.map((row) => row.promotion_id))
}
