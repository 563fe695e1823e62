import fc from 'fast-check'

/** The part of JSON Schema that a service describes its requests with. */
export type JsonSchema = {
  $ref?: string
  oneOf?: JsonSchema[]
  const?: unknown
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** Values that a schema takes; `find` looks up what it refers to. */
export function valuesOf(schema: JsonSchema, find: (ref: string) => JsonSchema): fc.Arbitrary<unknown> {
  const of = (part: JsonSchema) => valuesOf(part, find)
  if (schema.$ref !== undefined) return of(find(schema.$ref))
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(of))
  if ('const' in schema) return fc.constant(schema.const)
  const types = [schema.type ?? []].flat()
  if (types.length !== 1) return fc.oneof(...types.map((type) => of({ ...schema, type })))
  switch (types[0]) {
    case 'null':
      return fc.constant(null)
    case 'number':
      return fc.double({ min: schema.minimum, max: schema.maximum, noNaN: true, noDefaultInfinity: true })
    case 'string':
      // Characters of a schema are code points.
      return fc
        .array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), {
          ...{ minLength: schema.minLength, maxLength: schema.maxLength, size: 'max' },
        })
        .map((characters) => characters.join(''))
    case 'array':
      return fc.array(of(schema.items ?? {}), { minLength: schema.minItems, maxLength: schema.maxItems, size: 'max' })
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, of(part)])),
        { requiredKeys: schema.required ?? [] },
      )
    default:
      throw new Error(`There are no values for ${JSON.stringify(schema)} yet.`)
  }
}

/** A value with one thing in it changed: what may have become another kind of value, or none. */
export function withOneChange(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), how: fc.constantFrom('replace', 'remove', 'add', 'rename'), to: strange })
  return fc.tuple(values, change).map(([value, { at, how, to }]) => {
    const copy = structuredClone({ whole: value })
    const places = placesIn(copy)
    const [holder, name] = places[at % places.length]!
    if (how === 'replace' || holder === copy) holder[name] = to
    else if (how === 'add') holder[Array.isArray(holder) ? holder.length : `${name} `] = to
    else {
      const kept = holder[name]
      delete holder[name]
      if (how === 'rename') holder[Array.isArray(holder) ? holder.length : name.toUpperCase()] = kept
    }
    return copy.whole
  })
}

type Holder = Record<string, unknown>

/** Where each value within lies. */
function placesIn(holder: Holder): [Holder, string][] {
  return Object.entries(holder).flatMap(([name, value]) => [
    [holder, name],
    ...(typeof value === 'object' && value !== null ? placesIn(value as Holder) : []),
  ])
}

/** Values that programs trip over. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, '', '0', 'NaN', -0, 1e39, -1e308, 5e-324, 2 ** 53, [], {}, [[]], [null], { a: {} }),
  fc.constantFrom('😀'.repeat(201), 'x'.repeat(5_000), '\u0000', '\u2028', '__proto__', { ['__proto__']: { a: 1 } }),
  fc.constantFrom({ constructor: { prototype: {} } }, { toString: null }, { length: 3 }),
  fc.jsonValue(),
)
