import { isAscii, isUtf8 } from 'node:buffer'
import { PlatformError } from '@airlock-ml/contract'
import { findRepeatedName } from './find-repeated-name.ts'

const COLON = 0x3a
const MOST_TEXT = 200

/**
 * A body as JSON. Throws `request_invalid` for what is not UTF-8 or not JSON, and for an object that has a name twice:
 * `JSON.parse` would take the last value and say nothing.
 */
export function parseBody(bytes: Buffer): unknown {
  const text = isAscii(bytes) ? bytes.toString('latin1') : isUtf8(bytes) ? bytes.toString('utf8') : null
  if (text === null) throw new PlatformError('request_invalid', 'The body is not UTF-8.')
  const value = parsed(text)
  // A name that was lost, or a colon in a text: only then is it looked for.
  if (colonsIn(bytes) !== namesIn(value)) {
    const name = findRepeatedName(text)
    if (name !== null)
      throw new PlatformError('request_invalid', `${JSON.stringify(name.slice(0, MOST_TEXT))} is given twice.`)
  }
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new PlatformError('request_invalid', `The body is not JSON: ${(error as Error).message.slice(0, 300)}`)
  }
}

function colonsIn(bytes: Uint8Array): number {
  let colons = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === COLON) colons++
  return colons
}

/** How many names its objects have, as deep as rows lie; what lies deeper is refused later anyway. */
function namesIn(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > 4) return -1
  let names = 0
  if (Array.isArray(value)) for (const item of value) names += namesIn(item, depth + 1)
  else
    for (const name in value) {
      names++
      const item = (value as Record<string, unknown>)[name]
      if (typeof item === 'object') names += namesIn(item, depth + 1)
    }
  return names
}
