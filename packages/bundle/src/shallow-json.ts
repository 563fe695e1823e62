import { parseJson } from './exact-fields.ts'

/** Deeper than anything that is meant: what walks a value calls itself for each level, and must not run out of stack. */
export const maxJsonDepth = 100

const [quote, backslash] = [0x22, 0x5c]
const opening = new Set([0x5b, 0x7b])
const closing = new Set([0x5d, 0x7d])

/**
 * Parses JSON of strangers: valid UTF-8, and at most `maxJsonDepth` lists and objects within each other, counted before a
 * value is made of it. Throws `Error` with why.
 */
export const parseShallowJson = (bytes: Uint8Array): unknown => {
  let depth = 0
  let isText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (isText) {
      if (byte === backslash) at++
      else if (byte === quote) isText = false
    } else if (byte === quote) isText = true
    else if (opening.has(byte)) {
      if (++depth > maxJsonDepth) throw new Error(`it is nested more than ${maxJsonDepth} deep`)
    } else if (closing.has(byte)) depth--
  }
  return parseJson(bytes)
}
