import { openTableWriter, schemaOf } from '../src/parquet/open-table-writer.ts'
import { float64Column } from '../src/table/column.ts'
import { Table } from '../src/table/table.ts'

// Writes rows to the path it is given until it is killed.
const batch = new Table([float64Column('x', new Float64Array(1_000))])
const writer = await openTableWriter(process.argv[2]!, schemaOf(batch), { rowGroupRows: 1_000, draftMark: 'test' })
for (let written = 1; ; written++) {
  await writer.write(batch)
  if (written === 20) process.send?.('many rows are written')
}
