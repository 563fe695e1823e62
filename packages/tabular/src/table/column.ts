import { TableError } from './table-error.ts'

/** What a column holds: three kinds of number, text, or truth values. */
export type ColumnKind = 'float64' | 'float32' | 'int64' | 'string' | 'boolean'

/**
 * One named column. A missing value is `NaN` in a number column and `null` in the others, so a number column is always
 * one flat typed array. `int64` holds safe integers only (up to 2^53 - 1). Values are not to be changed after creation.
 */
export type Column =
  | { readonly name: string; readonly kind: 'float64' | 'int64'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'float32'; readonly values: Float32Array }
  | { readonly name: string; readonly kind: 'string'; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly kind: 'boolean'; readonly values: readonly (boolean | null)[] }

/** A cell as a plain value: `null` where it is missing. */
export type Cell = number | string | boolean | null

/** Makes a column of 64-bit floats. A `Float64Array` is taken as it is, without a copy; `null` becomes `NaN`. */
export function float64Column(name: string, values: ArrayLike<number | null>): Column {
  return {
    name,
    kind: 'float64',
    values: values instanceof Float64Array ? values : numbersOf(values, new Float64Array(values.length)),
  }
}

/** Makes a column of 32-bit floats. A `Float32Array` is taken as it is; other values are rounded to 32 bits. */
export function float32Column(name: string, values: ArrayLike<number | null>): Column {
  return {
    name,
    kind: 'float32',
    values: values instanceof Float32Array ? values : numbersOf(values, new Float32Array(values.length)),
  }
}

/** Makes a column of whole numbers. Throws `TableError` `value_invalid` for a fraction or an unsafe integer. */
export function int64Column(name: string, values: ArrayLike<number | null>): Column {
  // Adding zero turns -0, which no integer file format can hold, into 0.
  const integers = numbersOf(values, new Float64Array(values.length))
  for (let i = 0; i < integers.length; i++) integers[i]! += 0
  const at = firstUnsafe(integers)
  if (at < 0) return { name, kind: 'int64', values: integers }
  throw new TableError(
    'value_invalid',
    `Row ${at + 1} of column "${name}" is ${integers[at]}, which is not a whole number below 2^53. Use a float64 column.`,
    { column: name, row: at + 1 },
  )
}

/** Makes a column of text. Throws `TableError` `value_invalid` for text that has no UTF-8 form (half a surrogate pair). */
export function stringColumn(name: string, values: readonly (string | null)[]): Column {
  const at = values.findIndex((value) => value !== null && !value.isWellFormed())
  if (at < 0) return { name, kind: 'string', values }
  throw new TableError(
    'value_invalid',
    `Row ${at + 1} of column "${name}" holds half a surrogate pair, which no UTF-8 file can store. Repair the text first.`,
    { column: name, row: at + 1 },
  )
}

/** Makes a column of truth values. */
export function booleanColumn(name: string, values: readonly (boolean | null)[]): Column {
  return { name, kind: 'boolean', values }
}

/** Whether a column holds numbers. */
export function isNumberColumn(column: Column): column is Column & { readonly values: Float64Array | Float32Array } {
  return column.kind !== 'string' && column.kind !== 'boolean'
}

/** One cell of a column as a plain value; `row` counts from 0. */
export function cellOf(column: Column, row: number): Cell {
  const value = column.values[row]
  return value === undefined || Number.isNaN(value) ? null : value
}

/** The same column with only the rows named, in that order. */
export function takeRows(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind === 'string') return { ...column, values: pick(column.values, rows) }
  if (column.kind === 'boolean') return { ...column, values: pick(column.values, rows) }
  if (column.kind === 'float32') return { ...column, values: fill(new Float32Array(rows.length), column.values, rows) }
  return { ...column, values: fill(new Float64Array(rows.length), column.values, rows) }
}

/** The same column with only the rows from `from` up to and without `to`. Numbers are shared, not copied. */
export function sliceRows(column: Column, from: number, to: number): Column {
  if (column.kind === 'string') return { ...column, values: column.values.slice(from, to) }
  if (column.kind === 'boolean') return { ...column, values: column.values.slice(from, to) }
  if (column.kind === 'float32') return { ...column, values: column.values.subarray(from, to) }
  return { ...column, values: column.values.subarray(from, to) }
}

function pick<T>(values: readonly T[], rows: ArrayLike<number>): T[] {
  return Array.from(rows, (row) => values[row]!)
}

function fill<T extends Float32Array | Float64Array>(into: T, from: T, rows: ArrayLike<number>): T {
  for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!
  return into
}

/** Missing values as NaN. `from` of typed arrays would take ten times as long. */
function numbersOf<T extends Float32Array | Float64Array>(values: ArrayLike<number | null>, into: T): T {
  for (let i = 0; i < into.length; i++) into[i] = values[i] ?? Number.NaN
  return into
}

function firstUnsafe(integers: Float64Array): number {
  for (let i = 0; i < integers.length; i++)
    if (!Number.isSafeInteger(integers[i]) && !Number.isNaN(integers[i])) return i
  return -1
}
