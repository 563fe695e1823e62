import { expect, test } from 'vitest'
import { float64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { readParquet, visitParquet } from './read-parquet.ts'
import { writeParquet } from './write-parquet.ts'

// Row groups hold 100,000 rows.
const rowCount = 250_001
const table = new Table([
  float64Column(
    'n',
    Float64Array.from({ length: rowCount }, (_, i) => i),
  ),
  stringColumn(
    'side',
    Array.from({ length: rowCount }, (_, i) => (i % 3 === 0 ? null : `s${i % 7}`)),
  ),
])
const bytes = await writeParquet(table)

test('row groups come one after the other and together are the table', async () => {
  const seen: { firstRow: number; rows: Table }[] = []
  const found = await visitParquet(bytes, (rows, at) => {
    expect(at.rowCount).toBe(rowCount)
    seen.push({ firstRow: at.firstRow, rows })
  })
  expect(found).toBe(rowCount)
  expect(seen.map(({ firstRow, rows }) => [firstRow, rows.rowCount])).toEqual([
    [0, 100_000],
    [100_000, 100_000],
    [200_000, 50_001],
  ])
  const whole = await readParquet(bytes)
  for (const { firstRow, rows } of seen) {
    const [n, side] = whole.columns.map(({ values }) => values.slice(firstRow, firstRow + rows.rowCount))
    expect(rows.column('n').values).toEqual(n)
    expect(rows.column('side').values).toEqual(side)
  }
})

test('columns can be chosen, and the limit on cells is one on each row group', async () => {
  const names: string[][] = []
  await visitParquet(bytes, (rows) => void names.push(rows.columnNames), { columns: ['side'], maxCells: 100_000 })
  expect(names).toEqual([['side'], ['side'], ['side']])
  const tooLarge = visitParquet(bytes, () => undefined, { maxCells: 199_999 })
  await expect(tooLarge).rejects.toMatchObject({ code: 'parquet_too_large' })
})

test('what the visitor throws ends the reading', async () => {
  let visits = 0
  const stopped = visitParquet(bytes, async () => {
    visits++
    throw new Error('enough')
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(visits).toBe(1)
  await expect(visitParquet('no/such.parquet', () => undefined)).rejects.toMatchObject({ code: 'file_unreadable' })
})
