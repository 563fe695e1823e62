/** Why a table, or something read from one, was refused. Permanent names; scripts may match on them. */
export type TableErrorCode =
  | 'class_too_small'
  | 'column_duplicate'
  | 'column_length'
  | 'column_name'
  | 'column_unknown'
  | 'column_kind'
  | 'comparison_refused'
  | 'csv_empty'
  | 'csv_malformed'
  | 'csv_ragged'
  | 'file_unreadable'
  | 'file_unwritable'
  | 'label_unknown'
  | 'not_converged'
  | 'parquet_malformed'
  | 'parquet_too_large'
  | 'parquet_unsupported'
  | 'row_unknown'
  | 'setting_invalid'
  | 'value_invalid'
  | 'value_missing'
  | 'writer_ended'

/**
 * A table, a file of one, or a value in one that cannot be used. The message says what happened, why, and what to do.
 * `column` and `row` (counted from 1, the header not counted) say where, when the fault has a place.
 */
export class TableError extends Error {
  override readonly name = 'TableError'
  readonly code: TableErrorCode
  readonly column: string | undefined
  readonly row: number | undefined

  constructor(code: TableErrorCode, message: string, where: { column?: string; row?: number; cause?: unknown } = {}) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause })
    this.code = code
    this.column = where.column
    this.row = where.row
  }
}
