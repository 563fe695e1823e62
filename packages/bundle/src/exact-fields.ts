const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object that has all of `required`, may have `optional`, and nothing else. Throws with `where` otherwise. */
export const exactFields = (
  value: unknown,
  where: string,
  { required, optional = [] }: { required: readonly string[]; optional?: readonly string[] },
): Record<string, unknown> => {
  if (!isRecord(value)) throw new Error(`${where} is not an object`)
  const missing = required.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) throw new Error(`${where} has no \`${missing}\``)
  const unknown = Object.keys(value).find((name) => !required.includes(name) && !optional.includes(name))
  if (unknown !== undefined) throw new Error(`${where} has the unknown field ${JSON.stringify(unknown.slice(0, 100))}`)
  return value
}

/** Throws unless `value` is `expected`. */
export const exactly = (value: unknown, where: string, expected: unknown): void => {
  if (value !== expected) throw new Error(`${where} is not ${JSON.stringify(expected)}`)
}

/** A list of exactly one value. */
export const onlyOne = (value: unknown, where: string): unknown => {
  if (!Array.isArray(value) || value.length !== 1) throw new Error(`${where} is not a list of one`)
  return value[0]
}

/** A string, or throws. */
export const string = (value: unknown, where: string): string => {
  if (typeof value !== 'string') throw new Error(`${where} is not a string`)
  return value
}

/** A SHA-256 as lower-case hex, or throws. */
export const sha256Field = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw new Error(`${where} is not a SHA-256`)
  return value
}

/** Parses JSON that must be valid UTF-8. */
export const parseJson = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
