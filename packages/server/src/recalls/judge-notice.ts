import { canonicalJson, EnvelopeError, recallPayloadType, verifyEnvelope } from '@airlock-ml/bundle'
import { RecallNotice, type TrustedKey } from '@airlock-ml/contract'

/** A notice that is believed, and the key that signed it. */
export type JudgedNotice = { notice: RecallNotice; keyHint: string }

/**
 * The notice, or in a sentence why it is not believed. It counts when a key that is trusted for the workspace whose folder
 * it lies in signed it, and it has the number it lies under: an older one in the place of a newer is refused.
 */
export function judgeNotice(
  bytes: Uint8Array,
  { workspace, sequence, keys }: { workspace: string; sequence: number; keys: readonly TrustedKey[] },
): JudgedNotice | string {
  try {
    const signed = verifyEnvelope(bytes, { payloadType: recallPayloadType, trustedKeys: keys })
    const value: unknown = JSON.parse(Buffer.from(signed.payload).toString())
    const { data: notice } = RecallNotice.safeParse(value)
    if (!notice || Buffer.compare(canonicalJson(value), signed.payload) !== 0)
      return 'It is signed, but no notice of a recall.'
    if (notice.workspace !== signed.workspace || notice.workspace !== workspace)
      return `${signed.workspace} signed it, and it lies in the folder of ${workspace} and speaks for ${notice.workspace}.`
    if (notice.sequence !== sequence) return `It is notice ${notice.sequence} and lies in the place of ${sequence}.`
    return { notice, keyHint: signed.keyHint }
  } catch (error) {
    if (error instanceof EnvelopeError) return `It is not signed as it must be: ${error.message}.`
    if (error instanceof SyntaxError) return 'It is signed, but no notice of a recall.'
    throw error
  }
}
