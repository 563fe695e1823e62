import { readCsvBatches } from '../csv/read-csv-batches.ts'
import { readParquetBatches } from '../parquet/read-parquet-batches.ts'
import type { BatchOptions } from './batch-options.ts'
import type { Table } from './table.ts'
import { TableError } from './table-error.ts'

/**
 * Reads a file that ends in `.parquet` or `.csv` batch by batch: `readParquetBatches` or `readCsvBatches` with their
 * defaults. Memory holds one batch, or one row group where those are larger, whatever the size of the file.
 * Throws as they do, and `file_unreadable` for another ending.
 */
export function readTableBatches(path: string, options: BatchOptions = {}): AsyncGenerator<Table, void, undefined> {
  if (path.endsWith('.parquet')) return readParquetBatches(path, options)
  if (path.endsWith('.csv')) return readCsvBatches(path, options)
  const message = `The file ${path} is neither .csv nor .parquet. Convert it to one of the two, or name it so.`
  throw new TableError('file_unreadable', message)
}
