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
 * `value_invalid` (infinite, or too large for 32 bits) with column and row.
 */
export function featureMatrix(table: Table, names: readonly string[]): FeatureMatrix {
  const columns = names.map((name) => {
    const column = table.column(name)
    if (!isNumberColumn(column)) {
      throw notOfNumbers(column as OtherColumn)
    }
    const values = new Float32Array(column.values)
    const row = firstNotFinite(values)
    if (row >= 0 && Number.isNaN(column.values[row])) throw missingValues(name, column.values)
    if (row >= 0) throw unusableValue(name, row, column.values[row]!)
    return values
  })
  return { names: [...names], columns, rowCount: table.rowCount }
}

/** Where the first value stands that is missing or not finite; -1 where all are finite. */
export function firstNotFinite(values: Float32Array): number {
  // What is not finite is no number less itself.
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return i
  return -1
}

type OtherColumn = Extract<Column, { kind: 'string' | 'boolean' }>

function notOfNumbers(column: OtherColumn): TableError {
  const { name, kind } = column
  // One cell of text makes a whole column of numbers text: it is what is looked for.
  const isNoNumber = (value: string | boolean | null) => value !== null && !Number.isFinite(Number(value))
  const row = kind === 'string' ? column.values.findIndex(isNoNumber) : -1
  const example = row < 0 ? '' : `, as ${JSON.stringify(column.values[row])} in row ${row + 1}`
  const message = `Column "${name}" holds ${kind} values${example}, but a feature must hold numbers. Convert or leave it out.`
  return new TableError('column_kind', message, row < 0 ? { column: name } : { column: name, row: row + 1 })
}

/** The error for a column of which some rows have no value, or all. */
function missingValues(name: string, values: ArrayLike<number>): TableError {
  const rows = Array.from(values).flatMap((value, row) => (Number.isNaN(value) ? row + 1 : []))
  const where = { column: name, row: rows[0]! }
  if (rows.length === 1) return unusableValue(name, rows[0]! - 1, Number.NaN)
  if (rows.length === values.length) {
    const message = `Column "${name}" has no value in any of its ${values.length} rows. Leave the column out.`
    return new TableError('value_missing', message, where)
  }
  const message = `Row ${rows[0]} of column "${name}" has no value, nor have ${rows.length - 1} more of its ${values.length} rows. A feature must have one: fill it in or leave out the rows.`
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
