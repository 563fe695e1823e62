import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { mostGroupRows, type ReadParquetOptions, readFooter, withParquetBuffer } from './parquet-file.ts'
import { readRowGroups } from './read-row-groups.ts'

/**
 * Reads one row group of a Parquet file, counted from 0, and decodes no other. `maxCells` holds for the largest row group
 * instead of the file. Throws as `readParquet` does, and `TableError` `row_unknown` for a group that is not there.
 *
 * @example
 * const rows = await readParquetGroup('rows.parquet', 3, { columns: ['id', 'label'] })
 */
export async function readParquetGroup(
  source: string | Uint8Array,
  group: number,
  options: ReadParquetOptions = {},
): Promise<Table> {
  return await withParquetBuffer(source, async (file) => {
    const parquet = await readFooter(file, options, mostGroupRows)
    const { length } = parquet.metadata.row_groups
    if (!(Number.isInteger(group) && group >= 0 && group < length))
      throw new TableError('row_unknown', `There is no row group ${group}: the file has ${length}.`)
    return await readRowGroups(parquet, { from: group, to: group + 1 })
  })
}
