import { assertBatchRows, type BatchOptions } from '../table/batch-options.ts'
import type { Table } from '../table/table.ts'
import { mostGroupRows, openParquetBuffer, type ReadParquetOptions, readFooter } from './parquet-file.ts'
import { readRowGroups } from './read-row-groups.ts'

/**
 * Reads a Parquet file (a path, or its bytes) batch by batch, for tables larger than memory. A batch is a row group, or
 * a part of one where `batchRows` is less; one row group at a time is held. `maxCells` holds for each row group instead
 * of the file. Together the batches are the table that `readParquet` gives; a file without rows has none.
 * Throws as `readParquet` does: what the footer shows before the first batch, the rest when its row group's turn comes.
 *
 * @example
 * for await (const batch of readParquetBatches('rows.parquet', { columns: ['age'] })) count += batch.rowCount
 */
export async function* readParquetBatches(
  source: string | Uint8Array,
  options: ReadParquetOptions & BatchOptions = {},
): AsyncGenerator<Table, void, undefined> {
  const batchRows = options.batchRows === undefined ? undefined : assertBatchRows(options.batchRows)
  const { file, close } = await openParquetBuffer(source)
  try {
    const parquet = await readFooter(file, options, mostGroupRows)
    for (const [index, group] of parquet.metadata.row_groups.entries()) {
      if (group.num_rows === 0n) continue
      const rows = await readRowGroups(parquet, { from: index, to: index + 1 })
      const size = batchRows ?? rows.rowCount
      for (let from = 0; from < rows.rowCount; from += size) yield rows.slice(from, from + size)
    }
  } finally {
    await close()
  }
}
