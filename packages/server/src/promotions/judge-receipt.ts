import { canonicalJson, EnvelopeError, receiptPayloadType, verifyEnvelope } from '@airlock-ml/bundle'
import { type Destination, type ModelVersion, Receipt, type TrustedKey } from '@airlock-ml/contract'

/** What lies in the exchange as the receipt of a version trained here. */
export type WaitingReceipt = { key: string; bundleDigest: string; promotionId: string; version: ModelVersion }

type Judging = { waiting: WaitingReceipt; workspace: string; keys: readonly TrustedKey[]; receivedAt: string }

/**
 * Where the version lives, or in a sentence why the receipt is not believed. It counts when a key that is trusted for
 * receipts signed it, and it tells of that workspace's own import of exactly this bundle, version and promotion.
 */
export function judgeReceipt(
  bytes: Uint8Array,
  { waiting, workspace, keys, receivedAt }: Judging,
): Destination | string {
  try {
    const signed = verifyEnvelope(bytes, { payloadType: receiptPayloadType, trustedKeys: keys })
    const value: unknown = JSON.parse(Buffer.from(signed.payload).toString())
    const { data: receipt } = Receipt.safeParse(value)
    if (!receipt || Buffer.compare(canonicalJson(value), signed.payload) !== 0) return 'It is signed, but no receipt.'
    if (receipt.destination.workspace !== signed.workspace)
      return `${signed.workspace} signed it, and it speaks for ${receipt.destination.workspace}.`
    const { retiredAt } = keys.find(({ keyHint }) => keyHint === signed.keyHint)!
    if (retiredAt) return `The key ${signed.keyHint} was retired at ${retiredAt}, and it was not received before.`
    if (receipt.bundleDigest !== waiting.bundleDigest || receipt.promotionId !== waiting.promotionId)
      return 'It tells of another bundle or promotion than it lies under.'
    if (!isOf(receipt, waiting.version, workspace)) return 'It tells of another version than the bundle holds.'
    const { destination, completedAt: since, promotionId, bundleDigest } = receipt
    const { number, stage } = destination
    return {
      workspace: signed.workspace,
      number,
      stage,
      since,
      promotionId,
      bundleDigest,
      keyHint: signed.keyHint,
      receivedAt,
    }
  } catch (error) {
    if (error instanceof EnvelopeError) return `It is not signed as it must be: ${error.message}.`
    if (error instanceof SyntaxError) return 'It is signed, but no receipt.'
    throw error
  }
}

const isOf = ({ source, destination }: Receipt, version: ModelVersion, workspace: string): boolean =>
  source.workspace === workspace &&
  source.number === version.number &&
  destination.project === version.project &&
  destination.model === version.model
