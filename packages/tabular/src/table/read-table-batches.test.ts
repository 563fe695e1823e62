import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCsv } from '../csv/read-csv.ts'
import { openTableWriter, schemaOf } from '../parquet/open-table-writer.ts'
import { readParquet } from '../parquet/read-parquet.ts'
import { readTableBatches } from './read-table-batches.ts'

test('a CSV file becomes a Parquet file, batch by batch, and is read in batches again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-batches-'))
  try {
    const [from, to] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')]
    await writeFile(from, `n,t\n${Array.from({ length: 1_000 }, (_, row) => `${row / 4},t${row % 3}`).join('\n')}\n`)
    const whole = await readCsv(from)
    await using writer = await openTableWriter(to, schemaOf(whole), { rowGroupRows: 400 })
    for await (const batch of readTableBatches(from, { batchRows: 70 })) await writer.write(batch)
    expect(await writer.close()).toEqual({ rowCount: 1_000 })
    expect((await readParquet(to)).columns).toEqual(whole.columns)

    const sizes: number[] = []
    let first = 0
    for await (const batch of readTableBatches(to, { columns: ['n'], batchRows: 250 })) {
      expect(batch.columns).toEqual(whole.select(['n']).slice(first, first + batch.rowCount).columns)
      first += batch.rowCount
      sizes.push(batch.rowCount)
    }
    expect(sizes).toEqual([250, 150, 250, 150, 200])

    for await (const { rowCount } of readTableBatches(to)) {
      expect(rowCount).toBe(400)
      break
    }
    expect(() => readTableBatches('rows.xlsx')).toThrow('neither .csv nor .parquet')
    await expect(readTableBatches(to, { columns: ['x'] }).next()).rejects.toMatchObject({ code: 'column_unknown' })
    await expect(readTableBatches(to, { batchRows: 0.5 }).next()).rejects.toMatchObject({ code: 'setting_invalid' })
  } finally {
    await rm(folder, { recursive: true })
  }
})
