import { canonicalJson } from '../canonical-json.ts'
import { EnvelopeError, signEnvelope, type TrustedSigner, verifyEnvelope } from '../envelope.ts'
import { exactFields, exactly, parseJson, sha256Field, string } from '../exact-fields.ts'
import { keyHint, type Signer } from '../signing.ts'
import { momentField, wellFormed, wrongSigner } from './checkpoint.ts'

/** Payload type of a rotation statement. */
export const rotationPayloadType = 'application/vnd.airlock.key-rotation+json'

/** Type of the event that holds the statement. */
export const ROTATION_EVENT = 'workspace.key-rotated'

/** What a signing key says last: which key comes after it. */
export type KeyRotation = {
  formatVersion: 1
  workspace: string
  /** When, ISO 8601 UTC. */
  at: string
  /** The key that signs this, and nothing more afterwards. */
  keyHint: string
  nextKeyHint: string
  /** SPKI PEM of the key that signs from now on. */
  nextPublicKey: string
}

/** Signs the statement with the key that is retired: the text that the rotation's event holds. */
export const signRotation = async (rotation: KeyRotation, signer: Signer): Promise<string> =>
  Buffer.from(await signEnvelope(canonicalJson(rotation), { payloadType: rotationPayloadType, signer })).toString()

/** A rotation that the retired key itself signed, of its own workspace. Throws `EnvelopeError`. */
export const readRotation = (bytes: Uint8Array, trustedKeys: readonly TrustedSigner[]): KeyRotation => {
  const signed = verifyEnvelope(bytes, { payloadType: rotationPayloadType, trustedKeys })
  const rotation = wellFormed('rotation', () => parseRotation(signed.payload))
  if (rotation.workspace !== signed.workspace) throw wrongSigner(rotation.workspace, signed)
  if (rotation.keyHint !== signed.keyHint)
    throw new EnvelopeError('malformed', `it retires the key ${rotation.keyHint}, which did not sign it`)
  return rotation
}

const parseRotation = (payload: Uint8Array): KeyRotation => {
  const fields = exactFields(parseJson(payload), 'the rotation', {
    required: ['formatVersion', 'workspace', 'at', 'keyHint', 'nextKeyHint', 'nextPublicKey'],
  })
  exactly(fields.formatVersion, 'formatVersion', 1)
  const nextPublicKey = string(fields.nextPublicKey, 'nextPublicKey')
  exactly(fields.nextKeyHint, 'nextKeyHint', keyHint(nextPublicKey))
  return {
    formatVersion: 1,
    workspace: string(fields.workspace, 'workspace'),
    at: momentField(fields.at, 'at'),
    keyHint: sha256Field(fields.keyHint, 'keyHint'),
    nextKeyHint: sha256Field(fields.nextKeyHint, 'nextKeyHint'),
    nextPublicKey,
  }
}
