import { showValue } from '../show-value.ts'
import type { Materializer } from './materializer.ts'

/** Text as UTF-8. */
export const textMaterializer: Materializer = {
  type: 'text',
  async write(value, { what }) {
    if (typeof value !== 'string') throw new TypeError(`${what} must be text, got ${showValue(value)}.`)
    if (!value.isWellFormed()) throw new TypeError(`${what} holds half a surrogate pair, which UTF-8 cannot.`)
    return { bytes: new TextEncoder().encode(value), metadata: {} }
  },
  // Without ignoreBOM a leading mark would be lost on the way.
  read: async (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
}
