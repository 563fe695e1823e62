import { PlatformError } from '@airlock-ml/contract'

/** What a body asks for. */
export type Ask = {
  rows: readonly Readonly<Record<string, unknown>>[]
  /** Whether it was one row, which is answered as one. */
  isOne: boolean
  key: string | null
  subject: string | null
}

/** The most characters of `key` and `subject`. */
export const MOST_TEXT = 200

/** `{ row }` or `{ rows }`, with `key` and `subject` where the caller has them. Throws `request_invalid`. */
export function readPredict(body: unknown): Ask {
  const { row, rows, key, subject, ...others } = objectOf(body, 'The body')
  refuseOthers(others, '`row` or `rows`, `key` and `subject`')
  if ((row === undefined) === (rows === undefined))
    throw invalid('The body must have either `row`, an object, or `rows`, an array of objects.')
  const asked = row === undefined ? many(rows, 'rows') : one(row, 'row')
  return { ...asked, key: textOf(key, 'key'), subject: textOf(subject, 'subject') }
}

/** `{ parameters: { NAME: row } }`, where NAME is the pipeline's own. Throws `request_invalid`. */
export function readInvoke(body: unknown, parameter: string): Ask {
  const { parameters, ...others } = objectOf(body, 'The body')
  refuseOthers(others, '`parameters`')
  const { key, subject, ...named } = objectOf(parameters, '`parameters`')
  const name = `parameters.${parameter}`
  if (!Object.hasOwn(named, parameter)) throw invalid(`The body must have \`${name}\`, an object with the row.`)
  const { [parameter]: value, ...unknown } = named
  refuseOthers(unknown, `\`${name}\`, \`key\` and \`subject\``)
  const asked = Array.isArray(value) ? many(value, name) : one(value, name)
  return { ...asked, key: textOf(key, 'key'), subject: textOf(subject, 'subject') }
}

type Asked = Pick<Ask, 'rows' | 'isOne'>

const one = (value: unknown, name: string): Asked => ({ rows: [objectOf(value, `\`${name}\``)], isOne: true })

function many(value: unknown, name: string): Asked {
  if (!Array.isArray(value)) throw invalid(`\`${name}\` must be an array of objects.`)
  if (value.length === 0) throw invalid(`\`${name}\` is empty.`)
  return { rows: value.map((row, at) => objectOf(row, `\`${name}[${at}]\``)), isOne: false }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid(`${what} must be an object.`)
}

function textOf(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value.length > 0 && value.isWellFormed() && hasAtMost(MOST_TEXT, value)) return value
  throw invalid(`\`${name}\` must be text of 1 to ${MOST_TEXT} characters.`)
}

/** Characters, as JSON Schema counts them: code points. */
const hasAtMost = (most: number, text: string): boolean =>
  text.length <= most || (text.length <= 2 * most && [...text].length <= most)

function refuseOthers(others: object, allowed: string): void {
  const [first] = Object.keys(others)
  if (first !== undefined)
    throw invalid(`${JSON.stringify(first.slice(0, MOST_TEXT))} is unknown here; there may be ${allowed}.`)
}

const invalid = (message: string) => new PlatformError('request_invalid', message)
