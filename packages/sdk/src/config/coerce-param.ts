import type { z } from 'zod'
import { unwrapped } from '../schema-problems.ts'

const textual = new Set(['string', 'enum', 'literal', 'template_literal'])

/**
 * The text of a `--param`, as the value its schema asks for: numbers and booleans by their spelling, lists and objects
 * as JSON. What cannot be read so stays text, for the schema to refuse.
 */
export function coerceParam(schema: z.core.$ZodType | undefined, text: string): unknown {
  const kind = unwrapped(schema)?.def.type
  if (kind === 'number' || kind === 'int') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
  if (kind === undefined || textual.has(String(kind))) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
