import { exactFields, exactly, onlyOne, parseJson, sha256Field, string } from './exact-fields.ts'
import { isSignedBy, keyHint, type Signer } from './signing.ts'

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** Payload type of a receipt. */
export const receiptPayloadType = 'application/vnd.airlock.receipt+json'

/** Payload type of a recall notice. */
export const recallPayloadType = 'application/vnd.airlock.recall+json'

/** A public key and the workspace whose word it is. `keyHint` is the SHA-256 of `publicKey`, as `TrustedKey` has it. */
export type TrustedSigner = { keyHint: string; publicKey: string; workspace: string }

/** Why an envelope is not believed: it is no envelope of ours, names a key that is not trusted, or is not signed by it. */
export class EnvelopeError extends Error {
  override name = 'EnvelopeError'
  readonly reason: 'malformed' | 'unknown_key' | 'bad_signature'
  /** The key the envelope names, where it does. */
  readonly keyHint: string | undefined

  constructor(reason: 'malformed' | 'unknown_key' | 'bad_signature', message: string, hint?: string) {
    super(message)
    this.reason = reason
    this.keyHint = hint
  }
}

/** DSSE's pre-authentication encoding: what is really signed, so that a payload cannot pass for another type. */
export const preAuthenticationEncoding = (payloadType: string, payload: Uint8Array): Uint8Array => {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `
  return Buffer.concat([Buffer.from(head), payload])
}

/** Signs a payload (DSSE v1) and puts both into a Sigstore bundle of a bare key: the bytes of a `.sig` file. */
export const signEnvelope = async (
  payload: Uint8Array,
  { payloadType, signer }: { payloadType: string; signer: Signer },
): Promise<Uint8Array> => {
  const signature = await signer.sign(preAuthenticationEncoding(payloadType, payload))
  const envelope = {
    mediaType,
    verificationMaterial: { publicKey: { hint: signer.keyHint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: Buffer.from(payload).toString('base64'),
      payloadType,
      signatures: [{ sig: Buffer.from(signature).toString('base64'), keyid: '' }],
    },
  }
  return Buffer.from(JSON.stringify(envelope))
}

/**
 * The payload of an envelope that a trusted key signed, and whose key it was. The payload is not looked into before its
 * signature holds. Throws `EnvelopeError`.
 */
export const verifyEnvelope = (
  bytes: Uint8Array,
  { payloadType, trustedKeys }: { payloadType: string; trustedKeys: readonly TrustedSigner[] },
): { payload: Uint8Array; keyHint: string; workspace: string } => {
  const { payload, signature, hint } = parseEnvelope(bytes, payloadType)
  const trusted = trustedKeys.find((key) => key.keyHint === hint && keyHint(key.publicKey) === hint)
  if (!trusted) throw new EnvelopeError('unknown_key', `it is signed with the key ${hint}, which is not trusted`, hint)
  if (!isSignedBy(trusted.publicKey, preAuthenticationEncoding(payloadType, payload), signature)) {
    throw new EnvelopeError('bad_signature', `the key ${hint} of ${trusted.workspace} did not sign these bytes`, hint)
  }
  return { payload, keyHint: hint, workspace: trusted.workspace }
}

const parseEnvelope = (
  bytes: Uint8Array,
  payloadType: string,
): { payload: Uint8Array; signature: Uint8Array; hint: string } => {
  try {
    const bundle = exactFields(parseJson(bytes), 'the envelope', {
      required: ['mediaType', 'verificationMaterial', 'dsseEnvelope'],
    })
    exactly(bundle.mediaType, 'mediaType', mediaType)
    const material = exactFields(bundle.verificationMaterial, 'verificationMaterial', {
      required: ['publicKey'],
      optional: ['tlogEntries'],
    })
    const entries = material.tlogEntries ?? []
    if (!Array.isArray(entries) || entries.length > 0) throw new Error('tlogEntries is not an empty list')
    const { hint } = exactFields(material.publicKey, 'publicKey', { required: ['hint'] })
    const dsse = exactFields(bundle.dsseEnvelope, 'dsseEnvelope', {
      required: ['payload', 'payloadType', 'signatures'],
    })
    exactly(dsse.payloadType, 'payloadType', payloadType)
    const signature = exactFields(onlyOne(dsse.signatures, 'signatures'), 'the signature', {
      required: ['sig'],
      optional: ['keyid'],
    })
    exactly(signature.keyid ?? '', 'keyid', '')
    return {
      payload: base64(dsse.payload, 'payload'),
      signature: base64(signature.sig, 'sig'),
      hint: sha256Field(hint, 'hint'),
    }
  } catch (error) {
    throw new EnvelopeError('malformed', error instanceof Error ? error.message : String(error))
  }
}

// Node drops what is not base64 without a word; only text that it would write itself is taken.
const base64 = (value: unknown, where: string): Uint8Array => {
  const text = string(value, where)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.byteLength === 0 || bytes.toString('base64') !== text) throw new Error(`${where} is not base64`)
  return bytes
}
