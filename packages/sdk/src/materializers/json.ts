import { jsonText, NotJsonError } from '../json-text.ts'
import { checkSchema } from './check-schema.ts'
import type { Materializer } from './materializer.ts'

/** JSON values as canonical JSON. */
export const jsonMaterializer: Materializer = {
  type: 'json',
  async write(value, { artifact, what }) {
    checkSchema(value, artifact, what)
    try {
      return { bytes: new TextEncoder().encode(jsonText(value)), metadata: {} }
    } catch (error) {
      if (!(error instanceof NotJsonError)) throw error
      throw new TypeError(`${what} must be a JSON value: ${error.message}.`)
    }
  },
  async read(bytes, { artifact, what }) {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    checkSchema(value, artifact, what)
    return value
  },
}
