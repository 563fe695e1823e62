import { didYouMean, PlatformError } from '@airlock-ml/contract'
import { z } from 'zod'

type Place = 'path' | 'query' | 'body'

/** The path or query of a request by its schema. @throws PlatformError `request_invalid` */
export const checkNamed = (
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  value: unknown,
): Record<string, unknown> => checkInput(place, schema ?? nothing, value) as Record<string, unknown>

const nothing = z.object({})

/** By schema: to make a schema, which compiles it, costs many times what it costs to ask it. */
const stricts = new WeakMap<z.ZodObject, z.ZodObject>()

function strictOf(schema: z.ZodObject): z.ZodObject {
  const known = stricts.get(schema)
  if (known) return known
  const strict = schema.strict()
  stricts.set(schema, strict)
  return strict
}

/**
 * A part of a request by its schema. What no schema names is refused: it may be a misspelt name.
 * @throws PlatformError `request_invalid`
 */
export function checkInput(place: Place, schema: z.ZodType, value: unknown): unknown {
  const result = (schema instanceof z.ZodObject ? strictOf(schema) : schema).safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.slice(0, 50).map((issue) => withNearest(issue, place, schema))
  throw new PlatformError('request_invalid', `The request's ${place} is not valid:\n${z.prettifyError({ issues })}`, {
    [place]: issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  })
}

function withNearest(issue: z.core.$ZodIssue, place: Place, schema: z.ZodType): z.core.$ZodIssue {
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0 || !(schema instanceof z.ZodObject)) return issue
  const what = place === 'query' ? 'parameter' : 'field'
  const known = Object.keys(schema.shape)
  const message = issue.keys
    .slice(0, 5)
    .map((key) => `There is no ${what} ${JSON.stringify(key.slice(0, 80))}. ${didYouMean(key, known)}`)
    .join('\n')
  return { ...issue, message }
}
