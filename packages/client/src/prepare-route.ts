import { API_PREFIX, type Api, api, PlatformError, type Route } from '@airlock-ml/contract'

export type Input = Readonly<Record<string, unknown>>

/** A route, taken apart once so that a call only joins strings. */
export interface PreparedRoute {
  readonly id: keyof Api
  readonly route: Route
  readonly pathOf: (input: Input) => string
}

let prepared: readonly PreparedRoute[] | undefined

/** Every route of the contract, prepared at the first call of this function. */
export function preparedRoutes(): readonly PreparedRoute[] {
  prepared ??= Object.entries(api).map(([id, route]) => prepare(id as keyof Api, route))
  return prepared
}

function prepare(id: keyof Api, route: Route): PreparedRoute {
  const parts = route.path.split(/\{(\w+)\}/)
  const queryNames = Object.keys(route.query?.shape ?? {})
  const pathOf = (input: Input) => {
    // Every second part is the name of a parameter.
    const path = parts.map((part, at) => (at % 2 === 0 ? part : segment(id, { name: part, value: input[part] })))
    return `${API_PREFIX}${path.join('')}${queryOf(queryNames, input)}`
  }
  return { id, route, pathOf }
}

function segment(id: keyof Api, { name, value }: { name: string; value: unknown }): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  // URL parsers resolve `.` and `..` even when they are percent-encoded: sent, they would name another route.
  if (text !== '' && text !== '.' && text !== '..' && text.isWellFormed()) return encodeURIComponent(text)
  throw new PlatformError(
    'request_invalid',
    `${id} cannot be sent: ${name} is ${JSON.stringify(value) ?? 'missing'}.`,
    {
      field: name,
    },
  )
}

function queryOf(names: readonly string[], input: Input): string {
  const query = new URLSearchParams()
  for (const name of names) {
    const value = input[name]
    if (value !== undefined) query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query}`
}
