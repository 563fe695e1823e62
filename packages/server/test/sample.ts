import { createHash } from 'node:crypto'
import type { Route } from '@airlock-ml/contract'
import { z } from 'zod'

/** What a route without a schema for its body is sent. */
export const sampleBytes = Buffer.from('sample')

/** Strings to choose from: the first that a schema takes. */
const texts = [
  'sample',
  createHash('sha256').update(sampleBytes).digest('hex'),
  'a'.repeat(40),
  '00000000-0000-7000-8000-000000000000',
  '2040-01-01T00:00:00.000Z',
  'https://sample.example/',
  '1d',
]

/** A request that a route's schemas take, made of them alone, in the project given. */
export function sampleRequest(route: Route, project: string): { path: string; body: string | Uint8Array | undefined } {
  const named = { ...(sampleOf(route.params) as object), project } as Record<string, unknown>
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(named[name])))
  const query = new URLSearchParams(
    Object.entries((sampleOf(route.query) as object) ?? {}).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  )
  const body = route.bytes === 'request' ? sampleBytes : route.body && JSON.stringify(sampleOf(route.body))
  return { path: `${path}${query.size > 0 ? `?${query}` : ''}`, body }
}

type JsonSchema = z.core.JSONSchema.JSONSchema

function sampleOf(schema: z.ZodType | undefined): unknown {
  if (!schema) return undefined
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const value = fill(json, json.$defs ?? {})
  const taken = schema.safeParse(value)
  if (taken.success) return value
  throw new Error(`No sample for ${JSON.stringify(json)}: add one. ${z.prettifyError(taken.error)}`)
}

/** Only what is required is filled in. */
function fill(schema: JsonSchema, defs: Record<string, JsonSchema>): unknown {
  if (schema.$ref) return fill(defs[schema.$ref.replace('#/$defs/', '')]!, defs)
  const choice = (schema.anyOf ?? schema.oneOf)?.[0]
  if (choice) return fill(choice as JsonSchema, defs)
  // Where no value can be made of the schema alone, it has one.
  if (schema.examples?.length) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object')
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, fill(schema.properties![name] as JsonSchema, defs)]),
    )
  if (schema.type === 'array')
    return Array.from({ length: schema.minItems ?? 0 }, () => fill(schema.items as JsonSchema, defs))
  if (schema.type === 'string') return texts.find((text) => isTaken(text, schema))
  return schema.type === 'boolean' ? false : Math.max(1, schema.minimum ?? 1)
}

const isTaken = (text: string, schema: JsonSchema) =>
  text.length >= (schema.minLength ?? 0) && new RegExp(schema.pattern ?? patternOf(schema)).test(text)

const patternOf = ({ format }: JsonSchema) => (format === 'uri' ? '^https:' : '')
