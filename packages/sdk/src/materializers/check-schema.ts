import type { Artifact } from '../define/artifact.ts'
import { schemaProblems } from '../schema-problems.ts'

/** Throws, beginning with `what`, for a value that does not fit the schema of its artifact. */
export function checkSchema(value: unknown, { schema }: Artifact, what: string): void {
  const checked = schema?.safeParse(value)
  if (!schema || !checked || checked.success) return
  const problems = schemaProblems(schema, value, checked.error).map(({ path, message }) =>
    path === '' ? message : `${path} ${message}`,
  )
  throw new TypeError(`${what} does not fit its schema: ${problems.join(' ')}`)
}
