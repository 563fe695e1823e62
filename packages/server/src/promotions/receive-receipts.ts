import type { Destination, ModelVersion, ReceiptSync } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { readSmall } from '../exchange/read-small.ts'
import { refuseFile } from '../exchange/refuse-file.ts'
import { exportsOf } from '../lineage/store.ts'
import { findVersionsById } from '../models/version-store.ts'
import { insertReceipt, receivedPromotions } from '../receipts/store.ts'
import { keysNotRemoved } from '../trust/store.ts'
import { judgeReceipt, type WaitingReceipt } from './judge-receipt.ts'

/** Larger than any receipt that is right. */
export const MAX_RECEIPT_BYTES = 64 * 1024
const receiptName = /^receipts\/([0-9a-f]{64})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/

/**
 * Looks in the exchange for receipts of bundles that were exported here, and records where each version lives now.
 * Whatever else lies in the place of a receipt is refused, recorded once for the same bytes; the true one is taken as
 * soon as it is there.
 */
export async function receiveReceipts(deps: Deps): Promise<ReceiptSync> {
  const keys = await keysNotRemoved(deps.db, 'receipts')
  const sync: ReceiptSync = { received: [], refused: [], trusted: [...new Set(keys.map(({ workspace }) => workspace))] }
  if (keys.length === 0) return sync
  for (const waiting of await listWaitingReceipts(deps)) {
    const bytes = await readSmall(deps.exchange, { key: waiting.key, maxBytes: MAX_RECEIPT_BYTES })
    if (bytes === null) continue
    const receivedAt = deps.now().toISOString()
    const judged = judgeReceipt(bytes, { waiting, workspace: deps.workspace.name, keys, receivedAt })
    if (typeof judged === 'string') {
      sync.refused.push({ receipt: waiting.key, reason: judged })
      const refused = { folder: 'receipts', key: waiting.key, bytes, reason: judged }
      await refuseFile(deps, refused, { type: 'promotion.receipt-refused', kind: 'receipt' })
      await crashPoint('receipt:refused')
    } else if (await receive(deps, waiting.version, judged)) {
      const { model, number: version } = waiting.version
      sync.received.push({ ...judged, model, version })
    }
  }
  return sync
}

/** The receipts of versions trained here that were not received yet. */
async function listWaitingReceipts(deps: Deps): Promise<WaitingReceipt[]> {
  const received = await receivedPromotions(deps.db)
  const waiting: WaitingReceipt[] = []
  for await (const { key } of deps.exchange.list('receipts/')) {
    const [, bundleDigest, promotionId] = receiptName.exec(key) ?? []
    if (!bundleDigest || !promotionId || received.has(promotionId)) continue
    const version = await exportedAs(deps, bundleDigest)
    if (version) waiting.push({ key, bundleDigest, promotionId, version })
  }
  return waiting
}

/** The version of this workspace that left as a bundle; others, and what came in, are none of its business. */
async function exportedAs({ db }: Deps, bundleDigest: string): Promise<ModelVersion | null> {
  for (const { project, versionId } of await exportsOf(db, bundleDigest)) {
    const [version] = await findVersionsById(db, project, [versionId])
    if (version?.source.bundleDigest === null) return version
  }
  return null
}

async function receive(deps: Deps, version: ModelVersion, destination: Destination): Promise<boolean> {
  const { project, model, number, digest, id: versionId } = version
  const isNew = await transact(deps.db, async (tx) => {
    if (!(await insertReceipt(tx, { project, versionId }, destination))) return false
    await record(tx, deps, {
      type: 'promotion.receipt-received',
      actor: systemActor('receipts'),
      requestId: null,
      project,
      subject: { kind: 'model-version', id: `${model}/${number}`, digest },
      after: destination,
    })
    return true
  })
  await crashPoint('receipt:received')
  return isNew
}
