import { canonicalJson, receiptPayloadType, signEnvelope } from '@airlock-ml/bundle'
import type { Json } from '@airlock-ml/contract'
import { bodyOf } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { existingPromotion } from './existing.ts'

/** Where the receipt of a promotion lies in the exchange; only the destination writes below `receipts/`. */
export const receiptKey = (bundleDigest: string, promotionId: string): string =>
  `receipts/${bundleDigest}/${promotionId}.json`

/**
 * Leaves a signed receipt of a completed import in the exchange, for the workspace the bundle came from. Delivered from
 * the outbox, perhaps twice: the first one stays.
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
    const receipt = {
      formatVersion: 1,
      bundleDigest: bundle.digest,
      source,
      destination: { workspace: deps.workspace.name, project, model, number: version?.number ?? null, stage },
      promotionId,
      planDigest,
      completedAt: endedAt,
    }
    const signed = await signEnvelope(canonicalJson(receipt), { payloadType: receiptPayloadType, signer: deps.signer })
    await deps.exchange.write(receiptKey(bundle.digest, promotionId), bodyOf(signed), { ifAbsent: true })
  }
