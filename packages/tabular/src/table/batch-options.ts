import { TableError } from './table-error.ts'

/** What to read of a table that is read in batches. */
export interface BatchOptions {
  /** Only these columns, in this order; all by default. */
  readonly columns?: readonly string[]
  /** The most rows of a batch. */
  readonly batchRows?: number
}

/** Throws `TableError` `setting_invalid` for a number of rows that is none. */
export function assertBatchRows(batchRows: number): number {
  if (Number.isSafeInteger(batchRows) && batchRows >= 1) return batchRows
  const message = `A batch of ${batchRows} rows cannot be read. Give batchRows a whole number from 1.`
  throw new TableError('setting_invalid', message)
}
