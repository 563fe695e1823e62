import { canonicalJson } from '../canonical-json.ts'
import { signEnvelope, type TrustedSigner, verifyEnvelope } from '../envelope.ts'
import { exactFields, exactly, parseJson, sha256Field, string } from '../exact-fields.ts'
import type { Signer } from '../signing.ts'
import { momentField, sizeField, wellFormed, wrongSigner } from './checkpoint.ts'

/** Payload type of a countersignature. */
export const witnessPayloadType = 'application/vnd.airlock.witness+json'

/** That another workspace has seen a checkpoint, and that it continues the one it saw before. */
export type Countersignature = {
  formatVersion: 1
  /** The workspace that looked. */
  witness: string
  /** The workspace whose log it is. */
  workspace: string
  size: number
  rootHash: string
  /** When it looked, ISO 8601 UTC. */
  at: string
  /** The checkpoint, envelope and all, so that the file proves by itself what was signed. */
  checkpoint: unknown
}

/** A countersignature whose signature holds, and the hint of the key that made it. */
export type SignedCountersignature = Countersignature & { keyHint: string }

/** Where a countersignature lies in the exchange; only the witness writes below `witness/NAME/`. */
export const witnessKey = (witness: string, workspace: string, size: number): string =>
  `witness/${witness}/${workspace}/${String(size).padStart(12, '0')}.json`

/** Signs a countersignature: the bytes that are published. */
export const signCountersignature = (countersignature: Countersignature, signer: Signer): Promise<Uint8Array> =>
  signEnvelope(canonicalJson(countersignature), { payloadType: witnessPayloadType, signer })

/** A countersignature that a trusted key of the witness signed. Throws `EnvelopeError`. */
export const readCountersignature = (
  bytes: Uint8Array,
  trustedKeys: readonly TrustedSigner[],
): SignedCountersignature => {
  const signed = verifyEnvelope(bytes, { payloadType: witnessPayloadType, trustedKeys })
  const countersignature = wellFormed('countersignature', () => parseCountersignature(signed.payload))
  if (countersignature.witness !== signed.workspace) throw wrongSigner(countersignature.witness, signed)
  return { ...countersignature, keyHint: signed.keyHint }
}

/** What a countersignature says, whoever signed it: its parts must be checked by themselves. */
export const parseCountersignature = (payload: Uint8Array): Countersignature => {
  const fields = exactFields(parseJson(payload), 'the countersignature', {
    required: ['formatVersion', 'witness', 'workspace', 'size', 'rootHash', 'at', 'checkpoint'],
  })
  exactly(fields.formatVersion, 'formatVersion', 1)
  return {
    formatVersion: 1,
    witness: string(fields.witness, 'witness'),
    workspace: string(fields.workspace, 'workspace'),
    size: sizeField(fields.size, 'size'),
    rootHash: sha256Field(fields.rootHash, 'rootHash'),
    at: momentField(fields.at, 'at'),
    checkpoint: fields.checkpoint,
  }
}
