import { type Json, PlatformError } from '@airlock-ml/contract'
import { z } from 'zod'
import { jsonText, NotJsonError } from '../json-text.ts'
import { schemaProblems } from '../schema-problems.ts'

const none = z.strictObject({})
const strictForms = new WeakMap<z.ZodObject, z.ZodObject>()

/**
 * Parameters by their schema, defaults filled in. Throws `parameter_invalid`, which names each wrong parameter, what was
 * expected and what was given, and for an unknown one the nearest known. `owner` is as `pipeline "training"`.
 */
export function parseParams(
  schema: z.ZodObject | undefined,
  given: Readonly<Record<string, unknown>>,
  owner: string,
): Record<string, Json> {
  if (!schema && Object.keys(given).length === 0) return {}
  const strict = schema ? strictForm(schema) : none
  const checked = strict.safeParse(given)
  if (!checked.success) {
    const problems = schemaProblems(strict, given, checked.error)
    const lines = problems.map(({ path, message }) => `Parameter "${path}" of ${owner} ${withVerb(message)}`)
    throw new PlatformError('parameter_invalid', lines.join('\n'), { parameters: problems.map(({ path }) => path) })
  }
  return inert(checked.data, owner)
}

const withVerb = (message: string) => (message.startsWith('is ') ? message : `is wrong: ${message}`)

/** The schema, refusing unknown names; an author who allowed them with `.loose()` or `.catchall()` keeps them. */
function strictForm(schema: z.ZodObject): z.ZodObject {
  if (schema.def.catchall) return schema
  const known = strictForms.get(schema)
  if (known) return known
  const strict = schema.strict()
  strictForms.set(schema, strict)
  return strict
}

/** What is stored in the snapshot is what the steps get: nothing that JSON would turn into something else. */
function inert(params: Record<string, unknown>, owner: string): Record<string, Json> {
  try {
    return JSON.parse(jsonText(params)) as Record<string, Json>
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error
    throw new PlatformError('parameter_invalid', `The parameters of ${owner} cannot be stored: ${error.message}.`)
  }
}
