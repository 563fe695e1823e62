import { readCsv, readParquet, type Table } from '@airlock-ml/tabular'
import { projectPath } from './project-path.ts'

/** Reads a CSV or Parquet file of the project, by its ending. */
export async function readTable(path: string): Promise<Table> {
  const file = projectPath(path)
  if (path.endsWith('.csv')) return await readCsv(file)
  if (path.endsWith('.parquet')) return await readParquet(file)
  throw new Error(`${path} is neither a .csv nor a .parquet file. Convert it to one of the two.`)
}
