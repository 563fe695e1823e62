import { canonicalJson, receiptPayloadType } from '@airlock-ml/bundle'
import { type Json, Receipt } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { putSigned } from '../exchange/put-signed.ts'
import { existingPromotion } from './existing.ts'
import { MAX_RECEIPT_BYTES } from './receive-receipts.ts'

/** Where the receipt of a promotion lies in the exchange; only the destination writes below `receipts/`. */
const receiptKey = (bundleDigest: string, promotionId: string): string => `receipts/${bundleDigest}/${promotionId}.json`

/**
 * Leaves a signed receipt of a completed import in the exchange, for the workspace the bundle came from. Delivered from
 * the outbox.
 */
export const deliverReceipt =
  (deps: Deps) =>
  async (payload: Json): Promise<void> => {
    const { project, promotionId } = payload as { project: string; promotionId: string }
    const { bundle, source, version, stage, model, endedAt, planDigest } = await existingPromotion(
      deps.db,
      project,
      promotionId,
    )
    const receipt = Receipt.parse({
      formatVersion: 1,
      bundleDigest: bundle.digest,
      source,
      destination: { workspace: deps.workspace.name, project, model, number: version?.number ?? null, stage },
      promotionId,
      planDigest,
      completedAt: endedAt,
    })
    await putSigned(deps, {
      key: receiptKey(bundle.digest, promotionId),
      payload: canonicalJson(receipt),
      payloadType: receiptPayloadType,
      maxBytes: MAX_RECEIPT_BYTES,
    })
  }
