import { hash } from 'node:crypto'
import { type Cell, float64Column } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { RowBytes } from './row-bytes.ts'

const keyColumn = 'row_key'
const prefix = Buffer.from('airlock-row-key-v1\0')

/**
 * What rows are known by without their content: a table of one column, `row_key`, the first 53 bits of a SHA-256 of the
 * values of `columns` in each row. Stored with a version it shows later whether a row was learnt from. It hides values
 * only from those who cannot guess them.
 *
 * Throws `TableError`: `column_unknown`, `setting_invalid` without columns.
 */
export function rowKeys(table: Table, columns: readonly string[]): Table {
  if (columns.length === 0) throw new TableError('setting_invalid', 'A row key needs at least one column.')
  const names = [...columns].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const bytes = new RowBytes(
    names.map((name) => table.column(name)),
    prefix,
  )
  const keys = Float64Array.from({ length: table.rowCount }, (_, row) => {
    const digest = hash('sha256', bytes.of(row), 'buffer')
    return digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)
  })
  return new Table([float64Column(keyColumn, keys)])
}

/** How many rows of a table are among those that `known` has the keys of. Throws as `rowKeys`. */
export function countKnownRows(table: Table, columns: readonly string[], known: Table): number {
  const keys = new Set<Cell>(known.column(keyColumn).values)
  return [...rowKeys(table, columns).column(keyColumn).values].filter((key) => keys.has(key)).length
}
