import { didYouMean } from '@airlock-ml/contract'
import type { z } from 'zod'
import { showValue } from './show-value.ts'

/** One thing wrong with a value: where in it (`a.b[0]`, or empty for the whole), and what. */
export interface SchemaProblem {
  readonly path: string
  readonly message: string
}

/** What is wrong with `value` by `schema`, with the nearest known name for each unknown one. */
export function schemaProblems(schema: z.ZodType, value: unknown, error: z.ZodError): SchemaProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return { path: pathText(issue.path), message: messageOf(issue, valueAt(value, issue.path)) }
    }
    const known = namesAt(schema, issue.path)
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: `is not known. ${didYouMean(key, known)}`,
    }))
  })
}

function messageOf(issue: z.core.$ZodIssue, got: unknown): string {
  if (issue.code === 'invalid_value') {
    const expected = issue.values.map((value) => JSON.stringify(value)).join(', ')
    const hint = typeof got === 'string' ? ` ${didYouMean(got, issue.values.map(String))}` : ''
    return `expected one of ${expected}, got ${showValue(got)}.${hint}`
  }
  const expected = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message
  return got === undefined ? `is missing: ${expected}.` : `${expected}, got ${showValue(got)}.`
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`)).join('')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}

/** The names that an object schema knows at a place inside `schema`; none where it is no object. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = path.reduce<z.core.$ZodType | undefined>((outer, key) => schemaAt(outer, key), schema)
  const { def } = unwrapped(inner) ?? {}
  return def && 'shape' in def ? Object.keys(def.shape as object) : []
}

type Defined = { def: z.core.$ZodTypeDef & Record<string, unknown> }

function schemaAt(schema: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined {
  const { def } = unwrapped(schema) ?? {}
  if (!def) return undefined
  if ('shape' in def) return (def.shape as Record<PropertyKey, z.core.$ZodType>)[key]
  return (def.valueType ?? def.element) as z.core.$ZodType | undefined
}

/** A schema without what wraps it: optional, default, nullable and the like. */
export function unwrapped(schema: z.core.$ZodType | undefined): Defined | undefined {
  let inner = schema?._zod as unknown as Defined | undefined
  while (inner && 'innerType' in inner.def) inner = (inner.def.innerType as z.core.$ZodType)._zod as unknown as Defined
  return inner
}
