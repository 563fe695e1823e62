import type { Table } from '../table/table.ts'
import { checkParquet, type ReadParquetOptions, readRows, withParquetBuffer } from './parquet-file.ts'

/**
 * Reads a flat Parquet file (a path, or its bytes): floats, integers up to 2^53, text and booleans, in any of the usual
 * encodings and compressions. A null, and a `NaN`, becomes a missing value.
 *
 * Throws `TableError`: `file_unreadable`, `parquet_malformed`, `parquet_too_large`, `parquet_unsupported` (nested
 * columns, dates, decimals), `column_unknown`, `column_duplicate`, and `value_invalid` for an integer above 2^53.
 */
export async function readParquet(source: string | Uint8Array, options: ReadParquetOptions = {}): Promise<Table> {
  return await withParquetBuffer(source, async (file) => {
    const parquet = await checkParquet(file, options)
    return await readRows(parquet, { rowStart: 0, rowEnd: Number(parquet.metadata.num_rows) })
  })
}

/**
 * Reads a Parquet file row group by row group, for tables larger than memory: `visit` is called with each in turn, and
 * awaited. `maxCells` holds for each row group instead of the file. Answers with the number of rows.
 * Throws as `readParquet` does, before any row is read where the form of the file shows it, and what `visit` throws.
 *
 * @example
 * const rowCount = await visitParquet('rows.parquet', (rows) => total.add(rows.column('price')))
 */
export async function visitParquet(
  source: string | Uint8Array,
  visit: (rows: Table, at: { readonly firstRow: number; readonly rowCount: number }) => void | Promise<void>,
  options: ReadParquetOptions = {},
): Promise<number> {
  return await withParquetBuffer(source, async (file) => {
    const parquet = await checkParquet(file, options, ({ row_groups: groups }) =>
      BigInt(groups.reduce((most, group) => Math.max(most, Number(group.num_rows)), 0)),
    )
    const rowCount = Number(parquet.metadata.num_rows)
    let firstRow = 0
    for (const group of parquet.metadata.row_groups) {
      const rowEnd = firstRow + Number(group.num_rows)
      if (rowEnd === firstRow) continue
      await visit(await readRows(parquet, { rowStart: firstRow, rowEnd }), { firstRow, rowCount })
      firstRow = rowEnd
    }
    return rowCount
  })
}
