import type { Json } from '@airlock-ml/contract'

/** What differs between two JSON values, a line each: `approvals.required: 2 → 1`. Lists of named things go by name. */
export function jsonDifference(before: Json, after: Json): string[] {
  const old = flat(before)
  const next = flat(after)
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((path) => old.get(path) !== next.get(path))
    .map((path) => `${path}: ${old.get(path) ?? 'none'} → ${next.get(path) ?? 'none'}`)
}

function flat(value: Json, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    if (value.every((each) => nameOf(each) !== null))
      for (const each of value) flat(withoutName(each), joined(path, nameOf(each)!), found)
    else found.set(path, value.map(shown).join(', '))
  } else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) flat(each, joined(path, name), found)
  else if (value !== null) found.set(path, shown(value))
  return found
}

const joined = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

function nameOf(value: Json): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return typeof value.name === 'string' ? value.name : null
}

function withoutName(value: Json): Json {
  const { name: _, ...rest } = value as { [key: string]: Json }
  return rest
}

function shown(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || !('role' in value)) return JSON.stringify(value)
  return `${String(value.role)} (${String(value.project)})`
}
