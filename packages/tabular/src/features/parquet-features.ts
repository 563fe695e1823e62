import { openParquetBuffer, type ParquetFile, readFooter } from '../parquet/parquet-file.ts'
import { readRowGroups } from '../parquet/read-row-groups.ts'
import type { Column } from '../table/column.ts'
import { TableError } from '../table/table-error.ts'
import type { FeatureBatch } from './feature-batch.ts'
import type { FeatureOptions } from './feature-options.ts'
import { GroupRows } from './group-rows.ts'

/**
 * Reads row groups of a Parquet file as features. Of one row group at a time the features are held, in 32 bits, and one
 * column as it is in the file.
 */
export async function* parquetFeatures(
  path: string,
  part: { readonly from: number; readonly to: number; readonly firstRow: number },
  options: FeatureOptions,
): AsyncGenerator<FeatureBatch, void, undefined> {
  const { features, key, batchRows } = options
  const { file, close } = await openParquetBuffer(path)
  try {
    const columns = [...new Set(key === undefined ? features : [...features, key])]
    const parquet = await readFooter(file, { columns, maxCells: Number.MAX_SAFE_INTEGER })
    demandNumbers(parquet, features)
    let { firstRow } = part
    for (let group = part.from; group < part.to; group++) {
      const rows = new GroupRows({ rowCount: rowsOf(parquet, group), names: features })
      for (const [at, name] of features.entries()) rows.fill(at, await columnOf(parquet, { group, name }))
      if (key !== undefined) rows.key = await columnOf(parquet, { group, name: key })
      for (let from = 0; from < rows.rowCount; from += batchRows) {
        yield rows.batch({ from, to: Math.min(rows.rowCount, from + batchRows), firstRow: firstRow + from })
      }
      firstRow += rows.rowCount
    }
  } finally {
    await close()
  }
}

/** Throws `TableError` `column_kind` for a feature that is text or truth values in the whole file. */
function demandNumbers({ plan }: ParquetFile, features: readonly string[]): void {
  const wrong = plan.filter(({ name, kind }) => features.includes(name) && (kind === 'string' || kind === 'boolean'))
  if (wrong.length === 0) return
  const named = wrong.map(({ name, kind }) => `"${name}" (${kind})`).join(', ')
  const message = `A feature must hold numbers, and these columns of the Parquet file do not: ${named}. Cast them to numbers where the file is made.`
  throw new TableError('column_kind', message, { column: wrong[0]!.name })
}

function rowsOf({ metadata }: ParquetFile, group: number): number {
  return Number(metadata.row_groups[group]!.num_rows)
}

async function columnOf(parquet: ParquetFile, { group, name }: { group: number; name: string }): Promise<Column> {
  const plan = parquet.plan.filter((column) => column.name === name)
  const table = await readRowGroups({ ...parquet, plan }, { from: group, to: group + 1 })
  return table.column(name)
}
