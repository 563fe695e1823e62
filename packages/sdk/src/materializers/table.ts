import type { Table } from '@airlock-ml/tabular'
import { showValue } from '../show-value.ts'
import type { Materializer } from './materializer.ts'

/** Tables as Parquet. */
export const tableMaterializer: Materializer = {
  type: 'table',
  async write(value, { what }) {
    if (!isTable(value)) throw new TypeError(`${what} must be a Table, got ${showValue(value)}.`)
    const { writeParquet } = await import('@airlock-ml/tabular')
    const { rowCount, columnNames: columns } = value
    return { bytes: await writeParquet(value), metadata: { rowCount, columns } }
  },
  async read(bytes) {
    const { readParquet } = await import('@airlock-ml/tabular')
    return await readParquet(bytes)
  },
}

/** By its shape: a Table of another copy of tabular is as good. */
function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false
  const { columns, columnNames, rowCount } = value as Partial<Table>
  return Array.isArray(columns) && Array.isArray(columnNames) && typeof rowCount === 'number'
}
