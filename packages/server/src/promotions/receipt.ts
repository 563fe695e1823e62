import { canonicalJson, receiptPayloadType, signEnvelope, verifyEnvelope } from '@airlock-ml/bundle'
import { type Json, Receipt } from '@airlock-ml/contract'
import { bodyOf, readWhole } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { existingPromotion } from './existing.ts'
import { MAX_RECEIPT_BYTES } from './receive-receipts.ts'

/** Where the receipt of a promotion lies in the exchange; only the destination writes below `receipts/`. */
export const receiptKey = (bundleDigest: string, promotionId: string): string =>
  `receipts/${bundleDigest}/${promotionId}.json`

/**
 * Leaves a signed receipt of a completed import in the exchange, for the workspace the bundle came from. Delivered from
 * the outbox, perhaps twice: one of ours that says the same stays, and whatever else lies in its place is replaced.
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
    const key = receiptKey(bundle.digest, promotionId)
    const statement = canonicalJson(receipt)
    if (await isThere(deps, key, statement)) return
    const signed = await signEnvelope(statement, { payloadType: receiptPayloadType, signer: deps.signer })
    await deps.exchange.write(key, bodyOf(signed))
  }

/** Whether our own receipt that says this lies there. */
async function isThere({ exchange, signer, workspace }: Deps, key: string, statement: Uint8Array): Promise<boolean> {
  if ((await exchange.stat(key)) === null) return false
  try {
    const bytes = await readWhole(await exchange.read(key), MAX_RECEIPT_BYTES, () => new Error('It is too long.'))
    const { keyHint, publicKey } = signer
    const trustedKeys = [{ keyHint, publicKey, workspace: workspace.name }]
    const found = verifyEnvelope(bytes, { payloadType: receiptPayloadType, trustedKeys })
    return Buffer.compare(found.payload, statement) === 0
  } catch {
    return false
  }
}
