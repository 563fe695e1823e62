import { csvFeatures } from './csv-features.ts'
import type { FeatureBatch } from './feature-batch.ts'
import type { FeatureOptions } from './feature-options.ts'
import { parquetFeatures } from './parquet-features.ts'
import type { DividedTable, TablePart } from './table-parts.ts'

const defaultBatchRows = 8_192

/**
 * Reads one part of a file, as `divideTable` gave it, as the features of a model: each value rounded to 32 bits, and rows
 * with a value that is missing, infinite or no number told apart, with the reason. Parquet and CSV give the same. Memory
 * holds a batch (8,192 rows by default) and, of a Parquet file, one row group.
 *
 * Throws `TableError`: `column_kind` for a Parquet column of text or truth values; `csv_malformed`, `parquet_malformed`
 * and `file_unreadable` for a damaged file. That the columns are there is the caller's to check: `DividedTable.columns`.
 *
 * @example
 * const { parts, ...table } = await divideTable('rows.parquet', { partRows: 100_000 })
 * for await (const { features, rows, refused } of readFeatures('rows.parquet', { table, part: parts[0]!, features: names }))
 *   answers.push(await model.predict(features, rows.length))
 */
export function readFeatures(
  path: string,
  {
    table: { format, columns },
    part,
    batchRows = defaultBatchRows,
    ...which
  }: { table: Pick<DividedTable, 'format' | 'columns'>; part: TablePart } & Omit<FeatureOptions, 'batchRows'> &
    Partial<Pick<FeatureOptions, 'batchRows'>>,
): AsyncGenerator<FeatureBatch, void, undefined> {
  const options = { ...which, batchRows }
  if (format === 'csv') return csvFeatures(path, { ...part, header: columns }, options)
  return parquetFeatures(path, part, options)
}
