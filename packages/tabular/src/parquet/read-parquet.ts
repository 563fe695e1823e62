import type { Table } from '../table/table.ts'
import { mostGroupRows, type ReadParquetOptions, readFooter, withParquetBuffer } from './parquet-file.ts'
import { readRowGroups } from './read-row-groups.ts'

/**
 * Reads a flat Parquet file (a path, or its bytes): floats, integers up to 2^53, text and booleans, in any of the usual
 * encodings and compressions. A null, and a `NaN`, becomes a missing value.
 *
 * Throws `TableError`: `file_unreadable`, `parquet_malformed`, `parquet_too_large`, `parquet_unsupported` (nested
 * columns, dates, decimals), `column_unknown`, `column_duplicate`, and `value_invalid` for an integer above 2^53.
 */
export async function readParquet(source: string | Uint8Array, options: ReadParquetOptions = {}): Promise<Table> {
  return await withParquetBuffer(source, async (file) => {
    const parquet = await readFooter(file, options)
    return await readRowGroups(parquet, { from: 0, to: parquet.metadata.row_groups.length })
  })
}

/**
 * Reads a Parquet file row group by row group, for tables larger than memory: `visit` is called with each in turn, and
 * awaited. `maxCells` holds for each row group instead of the file. Answers with the number of rows.
 * Throws as `readParquet` does: what the footer shows before any row is read, what is wrong with a row group when its turn
 * comes; and what `visit` throws.
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
    const parquet = await readFooter(file, options, mostGroupRows)
    const rowCount = Number(parquet.metadata.num_rows)
    let firstRow = 0
    for (const [index, group] of parquet.metadata.row_groups.entries()) {
      if (group.num_rows === 0n) continue
      await visit(await readRowGroups(parquet, { from: index, to: index + 1 }), { firstRow, rowCount })
      firstRow += Number(group.num_rows)
    }
    return rowCount
  })
}
