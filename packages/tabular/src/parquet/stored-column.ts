import type { SchemaElement } from 'hyparquet'
import { type Column, type ColumnKind, isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'

/** A column of a file that is being written. */
export interface StoredColumn {
  readonly name: string
  /** As the columns of the tables have it; or `int32`, four bytes a value, for an `int64` column of small numbers. */
  readonly kind: ColumnKind | 'int32'
  /** Whether values may be missing; true by default. Others read columns without missing values a little faster. */
  readonly nullable?: boolean
}

/** The column as the schema of a Parquet file has it. */
export function elementOf({ name, kind, nullable = true }: StoredColumn): SchemaElement {
  const repetition = { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' } as const
  switch (kind) {
    case 'string':
      return { ...repetition, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'boolean':
      return { ...repetition, type: 'BOOLEAN' }
    case 'int64':
      return { ...repetition, type: 'INT64' }
    case 'int32':
      return { ...repetition, type: 'INT32' }
    case 'float64':
      return { ...repetition, type: 'DOUBLE' }
    case 'float32':
      return { ...repetition, type: 'FLOAT' }
  }
}

/** Throws `TableError` for columns that make no file: none at all, or a name that is empty or used twice. */
export function checkStoredColumns(columns: readonly StoredColumn[]): void {
  if (columns.length === 0) {
    throw new TableError(
      'parquet_unsupported',
      'A table without columns has no Parquet form. Give it at least one column.',
    )
  }
  const taken = new Set<string>()
  for (const { name } of columns) {
    if (name === '') throw new TableError('column_name', 'A column has an empty name. Give every column a name.')
    if (taken.has(name)) {
      throw new TableError('column_duplicate', `Two columns are called "${name}". Rename one of them.`, {
        column: name,
      })
    }
    taken.add(name)
  }
}

/** The columns of a batch in the file's order. Throws `TableError` for a batch that does not fit the file, as a whole. */
export function fittingColumns(batch: Table, columns: readonly StoredColumn[]): readonly Column[] {
  const known = new Set(columns.map(({ name }) => name))
  const unknown = batch.columnNames.find((name) => !known.has(name))
  if (unknown !== undefined) {
    const message = `The file that is being written has no column "${unknown}". Drop it from the batch, or name it in the schema.`
    throw new TableError('column_unknown', message, { column: unknown })
  }
  return columns.map((stored) => {
    const column = batch.column(stored.name)
    const kind = stored.kind === 'int32' ? 'int64' : stored.kind
    if (column.kind !== kind) {
      const message = `Column "${stored.name}" is ${column.kind} in this batch, and ${stored.kind} in the file. Convert it, or change the schema.`
      throw new TableError('column_kind', message, { column: stored.name })
    }
    const row = firstMisfit(column, stored)
    if (row < 0) return column
    const value = column.values[row]
    const isMissing = value === null || Number.isNaN(value)
    const message = isMissing
      ? `Row ${row + 1} of column "${stored.name}" is missing, and the schema says that none is. Fill it, or make the column nullable.`
      : `Row ${row + 1} of column "${stored.name}" has no ${stored.kind} form. Correct it, or change the schema.`
    throw new TableError(isMissing ? 'value_missing' : 'value_invalid', message, { column: stored.name, row: row + 1 })
  })
}

function firstMisfit(column: Column, { kind, nullable = true }: StoredColumn): number {
  if (column.kind === 'string') {
    return column.values.findIndex((text) => !(text?.isWellFormed() ?? nullable))
  }
  if (!isNumberColumn(column)) return nullable ? -1 : column.values.indexOf(null)
  if (kind === 'int64' || kind === 'int32') {
    const most = kind === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER
    const least = kind === 'int32' ? -(2 ** 31) : -most
    const { values } = column
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (Number.isNaN(value) ? !nullable : !(Number.isInteger(value) && value >= least && value <= most)) return row
    }
    return -1
  }
  return nullable ? -1 : (column.values as Float64Array).findIndex(Number.isNaN)
}
