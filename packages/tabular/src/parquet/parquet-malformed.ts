import { TableError } from '../table/table-error.ts'

/** The error for bytes that are no sound Parquet file. */
export function malformedParquet(why: string, cause?: unknown): TableError {
  return new TableError(
    'parquet_malformed',
    `The Parquet file cannot be read: ${why}. Write it anew from its source.`,
    {
      cause,
    },
  )
}
