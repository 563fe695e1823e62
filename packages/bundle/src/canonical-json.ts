import { sha256Hex } from '@airlock-ml/stack'
import canonicalize from 'canonicalize'

/**
 * A JSON value as RFC 8785 bytes: one value, one spelling. Fields that are undefined are left out. Throws for what JSON
 * cannot say: NaN, infinities, lone surrogates, cycles.
 */
export const canonicalJson = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalText(value))

/** The same as text, whose UTF-8 these bytes are. */
export const canonicalText = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('This value has no JSON form.')
  return text
}

/** SHA-256 of a value's canonical JSON, hex. */
export const digestOf = (value: unknown): string => sha256Hex(canonicalJson(value))
