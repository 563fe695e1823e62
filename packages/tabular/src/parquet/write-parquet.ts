import type { ColumnSource } from 'hyparquet-writer'
import type { Column } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'

const rowGroupRows = 100_000

/**
 * Writes a table as Parquet (PLAIN, uncompressed, 100,000 rows a row group). The same table always gives the same
 * bytes: they hold no time, no host and no version. Missing values become nulls, and so does `NaN`, which a table does
 * not tell from a missing number. `readParquet` gives the same table back, bit for bit.
 *
 * Throws `TableError` `parquet_unsupported` for a table without columns.
 */
export async function writeParquet(table: Table): Promise<Uint8Array> {
  if (table.columns.length === 0) {
    throw new TableError(
      'parquet_unsupported',
      'A table without columns has no Parquet form. Give it at least one column.',
    )
  }
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const buffer = parquetWriteBuffer({
    columnData: table.columns.map(sourceOf),
    codec: 'UNCOMPRESSED',
    statistics: false,
    rowGroupSize: rowGroupRows,
    createdBy: 'airlock',
  })
  return new Uint8Array(buffer)
}

function sourceOf(column: Column): ColumnSource {
  const source = { name: column.name, encoding: 'PLAIN', offsetIndex: false } as const
  switch (column.kind) {
    case 'string':
      return { ...source, type: 'STRING', nullable: column.values.includes(null), data: [...column.values] }
    case 'boolean':
      return { ...source, type: 'BOOLEAN', nullable: column.values.includes(null), data: [...column.values] }
    case 'int64':
      return { ...source, type: 'INT64', ...withNulls(column.values, BigInt) }
    case 'float64':
      return { ...source, type: 'DOUBLE', ...withNulls(column.values, undefined) }
    case 'float32':
      return { ...source, type: 'FLOAT', ...withNulls(column.values, undefined) }
  }
}

function withNulls(
  values: Float64Array | Float32Array,
  convert: ((value: number) => bigint) | undefined,
): Pick<ColumnSource, 'data' | 'nullable'> {
  const nullable = values.includes(Number.NaN)
  if (!nullable && !convert) return { data: values, nullable }
  return {
    data: Array.from(values, (value) => (Number.isNaN(value) ? null : convert ? convert(value) : value)),
    nullable,
  }
}
