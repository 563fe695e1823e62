import type { ReadParquetOptions } from '../parquet/parquet-file.ts'
import { visitParquet } from '../parquet/read-parquet.ts'
import type { Table } from '../table/table.ts'
import { ProfileBuilder } from './profile-builder.ts'
import type { TableProfile } from './table-profile.ts'

/** What a profile should look for. */
export interface ProfileOptions {
  /** The column of the labels: then classes are looked at, and columns that give the label away are named. */
  readonly target?: string
}

/**
 * Profiles a table: kinds, missing values, quantiles, histograms, categories, correlations, and findings: empty
 * columns and those with gaps, constant ones, columns that equal or determine the label, classes too small to learn. One table gives one profile.
 * Throws `TableError` `column_unknown` for a target there is not.
 *
 * @example
 * const { findings } = profileTable(table, { target: 'diagnosis' })
 * for (const { message } of findings) context.log.warn(message)
 */
export function profileTable(table: Table, options: ProfileOptions = {}): TableProfile {
  const builder = new ProfileBuilder({ rowCount: table.rowCount, target: options.target ?? null })
  builder.add(table, 0)
  return builder.finish()
}

/**
 * The same of a Parquet file (a path, or its bytes), row group by row group, so that it may be larger than memory.
 * Throws as `visitParquet` does, and `column_unknown` for a target there is not.
 */
export async function profileParquet(
  source: string | Uint8Array,
  options: ProfileOptions & ReadParquetOptions = {},
): Promise<TableProfile> {
  const target = options.target ?? null
  let builder: ProfileBuilder | undefined
  await visitParquet(
    source,
    (rows, { firstRow, rowCount }) => {
      builder ??= new ProfileBuilder({ rowCount, target })
      builder.add(rows, firstRow)
    },
    options,
  )
  return (builder ?? new ProfileBuilder({ rowCount: 0, target })).finish()
}
