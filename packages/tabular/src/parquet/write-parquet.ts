import { type Column, isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { MemorySink } from './byte-sink.ts'
import { ParquetEncoder } from './parquet-encoder.ts'
import { checkStoredColumns, fittingColumns, type StoredColumn } from './stored-column.ts'

const rowGroupRows = 100_000

/**
 * Writes a table as Parquet (PLAIN, uncompressed, 100,000 rows a row group). The same table always gives the same
 * bytes: they hold no time, no host and no version. Missing values become nulls, and so does `NaN`, which a table does
 * not tell from a missing number. `readParquet` gives the same table back, bit for bit. `openTableWriter` writes what
 * does not fit into memory.
 *
 * Throws `TableError` `parquet_unsupported` for a table without columns, and `value_invalid` for text that has no UTF-8
 * form and an `int64` that is no safe integer.
 */
export async function writeParquet(table: Table): Promise<Uint8Array> {
  const columns = table.columns.map(storedAs)
  checkStoredColumns(columns)
  const sink = new MemorySink()
  const encoder = new ParquetEncoder(sink, columns, {
    rowGroupRows,
    rowGroupBytes: Number.POSITIVE_INFINITY,
    codec: 'uncompressed',
    dictionaries: false,
  })
  await encoder.append(fittingColumns(table, columns), table.rowCount)
  await encoder.end()
  return sink.bytes
}

function storedAs(column: Column): StoredColumn {
  const nullable = isNumberColumn(column) ? column.values.includes(Number.NaN) : column.values.includes(null as never)
  return { name: column.name, kind: column.kind, nullable }
}
