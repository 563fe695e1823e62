import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { PlatformError } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'

/** Whatever can sign with one ECDSA P-256 key: a file now, a key service later. */
export interface Signer {
  /** SPKI PEM as `normalisePublicKey` writes it. */
  readonly publicKey: string
  /** SHA-256 of that PEM text, hex: how signatures name the key. */
  readonly keyHint: string
  /** ECDSA over SHA-256 of these bytes, in ASN.1 DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A new ECDSA P-256 private key as PKCS#8 PEM. Secret: keep it in a file that only the workspace reads. */
export const createSigningKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

const spkiPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()
const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'

/** The public half of a private key PEM, as SPKI PEM. */
export const publicKeyOf = (privatePem: string): string => spkiPem(createPublicKey(createPrivateKey(privatePem)))

/**
 * An ECDSA P-256 public key as the one SPKI PEM text that its hint is the digest of. Throws `public_key_invalid` for
 * other kinds of key, and for a private key, which nobody should send.
 */
export const normalisePublicKey = (pem: string): string => {
  const text = pem.trim()
  if (text.includes('PRIVATE KEY')) {
    throw new PlatformError(
      'public_key_invalid',
      'This is a private key. Keep it where it was, and give its public half.',
    )
  }
  try {
    if (!text.startsWith('-----BEGIN PUBLIC KEY-----')) throw new Error('it does not begin with BEGIN PUBLIC KEY')
    const key = createPublicKey(text)
    if (!isP256(key)) throw new Error(`it is ${key.asymmetricKeyType} ${key.asymmetricKeyDetails?.namedCurve ?? ''}`)
    return spkiPem(key)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('public_key_invalid', `This is no ECDSA P-256 public key: ${why}.`, {}, { cause })
  }
}

/** How signatures name a public key: SHA-256 of its normalised PEM text, hex. Throws `public_key_invalid`. */
export const keyHint = (publicPem: string): string => sha256Hex(normalisePublicKey(publicPem))

/** A signer from a private key PEM. Throws `public_key_invalid` when it is not ECDSA P-256. */
export const fileSigner = (privatePem: string): Signer => {
  const key = createPrivateKey(privatePem)
  const publicKey = normalisePublicKey(spkiPem(createPublicKey(key)))
  return {
    publicKey,
    keyHint: sha256Hex(publicKey),
    sign: async (bytes) => sign('sha256', bytes, key),
  }
}

/** Whether a DER signature over these bytes was made by a P-256 key. False for anything that is not one. */
export const isSignedBy = (publicPem: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  const key = createPublicKey(publicPem)
  return isP256(key) && verify('sha256', bytes, key, signature)
}
