import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'

/** An API key's two halves: a public id and a 256-bit random secret. */
export type ParsedKey = { id: string; secret: string }

const FORMAT = /^alk_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/

/** A new key. Only its id and the HMAC of its secret are kept. */
export function newApiKey(random = randomBytes): ParsedKey & { text: string } {
  const id = random(12).toString('hex')
  const secret = random(32).toString('base64url')
  return { id, secret, text: `alk_${id}_${secret}` }
}

/** The key in an `Authorization: Bearer` header, or null when it has not the form of one. */
export function parseBearer(authorization: string | undefined): ParsedKey | null {
  const [, id, secret] = FORMAT.exec(authorization?.replace(/^Bearer +/i, '') ?? '') ?? []
  return id && secret ? { id, secret } : null
}

export const hmacOf = (secret: string, pepper: Uint8Array): string =>
  createHmac('sha256', keyOf(pepper)).update(secret).digest('hex')

/** Made once of each pepper: that takes five times as long as the HMAC, which every request needs. */
const keys = new WeakMap<Uint8Array, KeyObject>()

function keyOf(pepper: Uint8Array): KeyObject {
  const known = keys.get(pepper)
  if (known) return known
  const key = createSecretKey(pepper)
  keys.set(pepper, key)
  return key
}

/** Compares in constant time. */
export const isSecret = (secret: string, secretHmac: string, pepper: Uint8Array): boolean =>
  timingSafeEqual(Buffer.from(hmacOf(secret, pepper), 'hex'), Buffer.from(secretHmac, 'hex'))
