const longestText = 60

/** A value as an error message names it: short, and never a whole table. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') {
    const cut = value.length > longestText ? `${value.slice(0, longestText)}…` : value
    return `the text ${JSON.stringify(cut)}`
  }
  if (typeof value === 'function') return 'a function'
  if (value === null || typeof value !== 'object')
    return `${typeof value === 'bigint' ? 'the bigint ' : ''}${String(value)}`
  if (Array.isArray(value)) return `a list of ${value.length}`
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? 'Object'
  return name === 'Object' ? 'an object' : `a ${name}`
}

/** Whether a value is an object literal: no list, no class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
