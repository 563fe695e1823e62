import { readFooter, withParquetBuffer } from './parquet-file.ts'

/**
 * The names of the columns of a Parquet file (a path, or its bytes), in their order, from its footer alone.
 * Throws as `readParquet` does for a file that cannot be read as a table.
 */
export const parquetColumns = (source: string | Uint8Array): Promise<string[]> =>
  withParquetBuffer(source, async (file) => (await readFooter(file, {})).plan.map(({ name }) => name))
