import { type Column, isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'

/** Features as 32-bit floats, one array a feature, all finite. It is what learners train on and graphs are fed with. */
export interface FeatureMatrix {
  /** The name of each feature, in the order of `columns`. */
  readonly names: readonly string[]
  readonly columns: readonly Float32Array[]
  readonly rowCount: number
}

/**
 * Takes the named columns of a table as features, in that order, each value rounded to 32 bits.
 * Throws `TableError`: `column_unknown`, `column_kind` for a column that is not of numbers, `value_missing` and
 * `value_invalid` (infinite, or too large for 32 bits) with column and row. Where several columns cannot be used, it is
 * the error of the first, and its message names them all.
 */
export function featureMatrix(table: Table, names: readonly string[]): FeatureMatrix {
  const unusable: UnusableColumn[] = []
  const columns = names.map((name) => {
    const column = table.column(name)
    if (!isNumberColumn(column)) {
      unusable.push(notOfNumbers(column as OtherColumn))
      return new Float32Array(0)
    }
    const values = new Float32Array(column.values)
    const row = firstNotFinite(values)
    if (row >= 0) unusable.push(unusableNumbers(name, row, column.values))
    return values
  })
  if (unusable.length > 0) throw refusalOf(unusable)
  return { names: [...names], columns, rowCount: table.rowCount }
}

/** Where the first value stands that is missing or not finite; -1 where all are finite. */
export function firstNotFinite(values: Float32Array): number {
  // What is not finite is no number less itself.
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return i
  return -1
}

type OtherColumn = Extract<Column, { kind: 'string' | 'boolean' }>

/** A column that cannot be a feature: the error where it is the only one, and what is said of it among others. */
interface UnusableColumn {
  readonly error: TableError
  readonly short: string
}

/** So many columns are told one by one. */
const MOST_TOLD = 5

function refusalOf(unusable: readonly UnusableColumn[]): TableError {
  const [{ error }] = unusable as [UnusableColumn]
  if (unusable.length === 1) return error
  const told = unusable.slice(0, MOST_TOLD).map(({ short }) => short)
  const more = unusable.length > MOST_TOLD ? `; and ${unusable.length - MOST_TOLD} more` : ''
  const message = `${unusable.length} columns cannot be features: ${told.join('; ')}${more}. A feature must hold a finite number in each row: convert or fill in what is missing, or leave out the rows or the columns.`
  return new TableError(error.code, message, {
    column: error.column!,
    ...(error.row !== undefined && { row: error.row }),
  })
}

function notOfNumbers(column: OtherColumn): UnusableColumn {
  const { name, kind } = column
  // One cell of text makes a whole column of numbers text: it is what is looked for.
  const isNoNumber = (value: string | boolean | null) => value !== null && !Number.isFinite(Number(value))
  const row = kind === 'string' ? column.values.findIndex(isNoNumber) : -1
  const example = row < 0 ? '' : `, as ${JSON.stringify(column.values[row])} in row ${row + 1}`
  const message = `Column "${name}" holds ${kind} values${example}, but a feature must hold numbers. Convert or leave it out.`
  const where = row < 0 ? { column: name } : { column: name, row: row + 1 }
  return {
    error: new TableError('column_kind', message, where),
    short: `"${name}" holds ${kind} values${example}`,
  }
}

/** `row` is the first, from 0, whose value is missing or not finite. */
function unusableNumbers(name: string, row: number, values: ArrayLike<number>): UnusableColumn {
  const value = values[row]!
  if (!Number.isNaN(value)) {
    return { error: unusableValue(name, row, value), short: `"${name}" is ${value} in row ${row + 1}` }
  }
  const missing = Array.from(values).filter(Number.isNaN).length
  return {
    error: missingValues(name, row, { missing, rowCount: values.length }),
    short: `"${name}" has no value in ${missing} of ${values.length} rows, first in row ${row + 1}`,
  }
}

/** The error for a column of which some rows have no value, or all. */
function missingValues(
  name: string,
  row: number,
  { missing, rowCount }: { missing: number; rowCount: number },
): TableError {
  if (missing === 1) return unusableValue(name, row, Number.NaN)
  const where = { column: name, row: row + 1 }
  const message =
    missing === rowCount
      ? `Column "${name}" has no value in any of its ${rowCount} rows. Leave the column out.`
      : `Row ${row + 1} of column "${name}" has no value, nor have ${missing - 1} more of its ${rowCount} rows. A feature must have one: fill it in or leave out the rows.`
  return new TableError('value_missing', message, where)
}

/** The matrix row by row in one array of `rowCount * names.length` values, as ONNX graphs take it. */
export function toRowMajor(matrix: FeatureMatrix): Float32Array {
  const width = matrix.columns.length
  const values = new Float32Array(matrix.rowCount * width)
  for (const [j, column] of matrix.columns.entries()) {
    for (let i = 0; i < column.length; i++) values[i * width + j] = column[i]!
  }
  return values
}

/** The error for a feature that is missing or not finite; `row` counts from 0. */
export function unusableValue(name: string, row: number, value: number): TableError {
  const where = { column: name, row: row + 1 }
  if (Number.isNaN(value)) {
    const message = `Row ${row + 1} of column "${name}" has no value. A feature must have one: fill it in or leave out the row.`
    return new TableError('value_missing', message, where)
  }
  const message = `Row ${row + 1} of column "${name}" is ${value}, beyond the finite 32-bit numbers. Correct it or leave out the row.`
  return new TableError('value_invalid', message, where)
}
