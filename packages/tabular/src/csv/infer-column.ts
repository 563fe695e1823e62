import { booleanColumn, type Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { TableError } from '../table/table-error.ts'

/** What a schema may say about a CSV column. `number` is a 64-bit float, `integer` a safe whole number. */
export type CsvColumnKind = 'number' | 'integer' | 'string' | 'boolean'

const floatText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const integerText = /^[+-]?\d+$/
// Text such as 007 is an identifier: as a number it would lose its zeros.
const plainIntegerText = /^-?(0|[1-9]\d*)$/

/** Turns the texts of one CSV column into the kind the schema names. An empty cell is a missing value. */
export function columnAs(kind: CsvColumnKind, name: string, texts: readonly string[]): Column {
  if (kind === 'string') return stringColumn(name, texts.map(orNull))
  if (kind === 'boolean')
    return booleanColumn(
      name,
      texts.map((text, row) => toBoolean(text, { name, row })),
    )
  const numbers = texts.map((text, row) => toNumber(text, { name, row, kind }))
  return kind === 'integer' ? int64Column(name, numbers) : float64Column(name, numbers)
}

/** Finds the narrowest kind that holds every cell unchanged: integer, number, boolean, else string. */
export function inferredColumn(name: string, texts: readonly string[]): Column {
  return columnAs(inferKind(texts), name, texts)
}

function inferKind(texts: readonly string[]): CsvColumnKind {
  const present = texts.map((text) => text.trim()).filter((text) => text !== '')
  if (present.length === 0) return 'number'
  if (present.every((text) => /^(true|false)$/i.test(text))) return 'boolean'
  if (present.every(isSafeInteger)) return 'integer'
  if (present.every(isNumber)) return 'number'
  return 'string'
}

function isSafeInteger(text: string): boolean {
  return plainIntegerText.test(text) && Number.isSafeInteger(Number(text))
}

function isNumber(text: string): boolean {
  if (integerText.test(text)) return isSafeInteger(text)
  return isMissingNumber(text) || (floatText.test(text) && Number.isFinite(Number(text)))
}

function isMissingNumber(text: string): boolean {
  return text === '' || /^nan$/i.test(text)
}

function toNumber(text: string, cell: { name: string; row: number; kind: CsvColumnKind }): number {
  const trimmed = text.trim()
  if (isMissingNumber(trimmed)) return Number.NaN
  const value = floatText.test(trimmed) ? Number(trimmed) : Number.NaN
  if (Number.isFinite(value)) return value
  throw invalid(text, { ...cell, wanted: cell.kind === 'integer' ? 'a whole number' : 'a finite number' })
}

function toBoolean(text: string, cell: { name: string; row: number }): boolean | null {
  const trimmed = text.trim().toLowerCase()
  if (trimmed === '') return null
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  throw invalid(text, { ...cell, wanted: 'true or false' })
}

function invalid(text: string, cell: { name: string; row: number; wanted: string }): TableError {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  const message =
    `Row ${cell.row + 1} of column "${cell.name}" is ${shown}, but the column must hold ${cell.wanted}. ` +
    'Correct the cell or leave it empty.'
  return new TableError('value_invalid', message, { column: cell.name, row: cell.row + 1 })
}

function orNull(text: string): string | null {
  return text === '' ? null : text
}
