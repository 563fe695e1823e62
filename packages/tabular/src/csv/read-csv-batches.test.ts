import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Table } from '../table/table.ts'
import { readCsv } from './read-csv.ts'
import { readCsvBatches } from './read-csv-batches.ts'

async function all(batches: AsyncIterable<Table>): Promise<Table[]> {
  const found = []
  for await (const batch of batches) found.push(batch)
  return found
}

/** A file whose columns only show what they hold near its end. */
function lateSurprises(rowCount: number): string {
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const isLast = row === rowCount - 1
    return [row, isLast ? 0.5 : row, isLast ? '007' : row, isLast ? '' : '"é, ""😀""\r\n"', row % 2 === 0].join(',')
  })
  return `id,n,code,text,flag\r\n${lines.join('\r\n')}\r\n`
}

test('together the batches are the table that is read whole, with the same kinds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-csv-'))
  try {
    const path = join(folder, 'rows.csv')
    await writeFile(path, lateSurprises(25_000))
    const whole = await readCsv(path)
    expect(whole.columns.map(({ kind }) => kind)).toEqual(['int64', 'float64', 'string', 'string', 'boolean'])
    expect(whole.column('text').values[7]).toBe('é, "😀"\r\n')

    const batches = await all(readCsvBatches(path, { batchRows: 10_000 }))
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([10_000, 10_000, 5_000])
    for (const [i, batch] of batches.entries()) {
      expect(batch.columns).toEqual(whole.slice(i * 10_000, (i + 1) * 10_000).columns)
    }

    const chosen = await all(readCsvBatches(path, { columns: ['flag', 'id'], schema: { id: 'string' } }))
    expect(chosen).toHaveLength(1)
    expect(chosen[0]!.slice(24_999, 25_000).toRows()).toEqual([{ flag: false, id: '24999' }])
    expect(chosen[0]!.columnNames).toEqual(['flag', 'id'])

    // Who stops early holds no file open: the folder of a test that left one would be reported.
    for await (const { rowCount } of readCsvBatches(path, { batchRows: 3 })) {
      expect(rowCount).toBe(3)
      break
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a header alone has no batches; long texts end a batch early', async () => {
  expect(await all(readCsvBatches(Buffer.from('a,b\n')))).toEqual([])
  const long = 'x'.repeat(900_000)
  const batches = await all(readCsvBatches(Buffer.from(`text\n${`${long}\n`.repeat(60)}`)))
  expect(batches.map(({ rowCount }) => rowCount)).toEqual([38, 22])
})

test('faults name the row of the file, and columns there are not', async () => {
  const rows = Array.from({ length: 100 }, (_, row) => (row === 98 ? 'many' : `${row}`)).join('\n')
  const number = readCsvBatches(Buffer.from(`n\n${rows}`), { schema: { n: 'number' }, batchRows: 10 })
  await expect(all(number)).rejects.toMatchObject({ code: 'value_invalid', row: 99, column: 'n' })
  const whole = readCsvBatches(Buffer.from('n\n1\n2.5\n'), { schema: { n: 'integer' }, batchRows: 1 })
  await expect(all(whole)).rejects.toMatchObject({ code: 'value_invalid', row: 2 })
  const ragged = readCsvBatches(Buffer.from('a,b\n1,2\n3\n'))
  await expect(all(ragged)).rejects.toMatchObject({ code: 'csv_ragged', row: 2 })
  const unknown = readCsvBatches(Buffer.from('radius\n1\n'), { columns: ['radus'] })
  await expect(all(unknown)).rejects.toThrow('Did you mean "radius"?')
  await expect(all(readCsvBatches(Buffer.from('a\n1\n'), { schema: { b: 'number' } }))).rejects.toMatchObject({
    code: 'column_unknown',
  })
  await expect(all(readCsvBatches(Buffer.from('a\n1\n'), { batchRows: 0 }))).rejects.toMatchObject({
    code: 'setting_invalid',
  })
  await expect(all(readCsvBatches('/no/such.csv'))).rejects.toMatchObject({ code: 'file_unreadable' })
})
