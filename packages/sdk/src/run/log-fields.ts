import type { Json } from '@airlock-ml/contract'

const longestFields = 10_000

/** The data of a line as JSON. A log must not stop its step, so what JSON cannot hold becomes text. */
export function logFields(fields: Readonly<Record<string, unknown>>): Record<string, Json> {
  try {
    const text = JSON.stringify(fields, (_, value: unknown) => (isJsonLeaf(value) ? value : String(value)))
    if (text.length <= longestFields) return JSON.parse(text) as Record<string, Json>
    return { cut: `${text.length} characters of data; ${longestFields} are the most` }
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) }
  }
}

function isJsonLeaf(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'bigint' && typeof value !== 'function' && typeof value !== 'symbol'
}
