import { isPlainObject, showValue } from './show-value.ts'

/** Thrown for a value that JSON cannot hold; the message says where in it. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError'
}

/**
 * A value as canonical JSON (RFC 8785), so that equal values have equal bytes. Properties that are `undefined` are left
 * out. Throws `NotJsonError` for what would come back as something else: NaN, infinities, dates, class instances,
 * typed arrays, functions, half surrogate pairs, cycles.
 */
export function jsonText(value: unknown): string {
  return write(value, { path: '', above: new Set() })
}

interface Place {
  readonly path: string
  readonly above: ReadonlySet<unknown>
}

function write(value: unknown, place: Place): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (place.above.has(value)) throw new NotJsonError(`${where(place)} holds itself`)
  const above = new Set(place.above).add(value)
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, at) => write(item, { path: `${place.path}[${at}]`, above })).join(',')}]`
  }
  if (!isPlainObject(value)) throw new NotJsonError(`${where(place)} is ${showValue(value)}, which JSON cannot hold`)
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => {
      const path = place.path === '' ? key : `${place.path}.${key}`
      return `${write(key, { path, above })}:${write(value[key], { path, above })}`
    })
  return `{${members.join(',')}}`
}

function where({ path }: Place): string {
  return path === '' ? 'it' : JSON.stringify(path)
}
