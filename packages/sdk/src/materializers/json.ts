import type { Artifact } from '../define/artifact.ts'
import { jsonText, NotJsonError } from '../json-text.ts'
import { schemaProblems } from '../schema-problems.ts'
import type { Materializer } from './materializer.ts'

/** JSON values as canonical JSON. */
export const jsonMaterializer: Materializer = {
  type: 'json',
  async write(value, { artifact, what }) {
    check(value, artifact, what)
    try {
      return { bytes: new TextEncoder().encode(jsonText(value)), metadata: {} }
    } catch (error) {
      if (!(error instanceof NotJsonError)) throw error
      throw new TypeError(`${what} must be a JSON value: ${error.message}.`)
    }
  },
  async read(bytes, { artifact, what }) {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    check(value, artifact, what)
    return value
  },
}

function check(value: unknown, { schema }: Artifact, what: string): void {
  const checked = schema?.safeParse(value)
  if (!schema || !checked || checked.success) return
  const problems = schemaProblems(schema, value, checked.error).map(({ path, message }) =>
    path === '' ? message : `${path} ${message}`,
  )
  throw new TypeError(`${what} does not fit its schema: ${problems.join(' ')}`)
}
