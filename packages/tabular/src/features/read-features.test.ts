import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTableWriter, schemaOf } from '../parquet/open-table-writer.ts'
import { float32Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import type { RefusedRow } from './feature-batch.ts'
import { readFeatures } from './read-features.ts'
import { divideTable } from './table-parts.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'read-features-'))
})
afterAll(() => rm(dir, { recursive: true }))

async function fileOf(name: string, content: string | Table, rowGroupRows = 2): Promise<string> {
  const path = join(dir, name)
  if (typeof content === 'string') await writeFile(path, content)
  else {
    await using writer = await openTableWriter(path, schemaOf(content), { rowGroupRows })
    await writer.write(content)
    await writer.close()
  }
  return path
}

/** Everything that the parts of a file give, one after the other. */
async function readAll(path: string, { partRows, ...which }: { partRows: number; features: string[]; key?: string }) {
  const { parts, ...table } = await divideTable(path, { partRows })
  const found = { rows: [] as number[], features: [] as number[], keys: [] as unknown[], refused: [] as RefusedRow[] }
  for (const part of parts) {
    let seen = 0
    for await (const batch of readFeatures(path, { ...which, table, part, batchRows: 3 })) {
      seen += batch.seen
      found.rows.push(...batch.rows)
      found.features.push(...batch.features)
      found.keys.push(...(batch.keys ?? []))
      found.refused.push(...batch.refused)
    }
    expect(seen).toBe(part.rows)
  }
  return { ...found, parts: parts.map(({ firstRow, rows }) => [firstRow, rows]) }
}

const lines = ['1,0.5,ä', '2,,b', '3,1e39,"c,\n""d"', 'x,2,e', '5,-0.25,', '6,3,\u{1F600}']
const csv = `id,size,key\r\n\r\n${lines.join('\r\n')}`

test('each part of a CSV file is read by itself, and rows at fault are told apart with the reason', async () => {
  const path = await fileOf('rows.csv', csv)
  for (const partRows of [1, 2, 4, 100]) {
    expect(await readAll(path, { partRows, features: ['size', 'id'], key: 'key' })).toMatchObject({
      rows: [1, 5, 6],
      features: [0.5, 1, -0.25, 5, 3, 6],
      keys: ['ä', null, '\u{1F600}'],
      refused: [
        { row: 2, key: 'b', column: 'size', reason: 'has no value' },
        { row: 3, key: 'c,\n"d', column: 'size', reason: 'is 1e+39, beyond the finite 32-bit numbers' },
        { row: 4, key: 'e', column: 'id', reason: 'is "x", which is no finite number' },
      ],
    })
  }
})

test('Parquet gives the same; its parts are whole row groups', async () => {
  const table = new Table([
    stringColumn('key', ['ä', 'b', 'c', null, 'e']),
    float64Column('size', [0.5, Number.NaN, 1e39, Number.POSITIVE_INFINITY, 3]),
    int64Column('id', [1, 2, 3, 4, 5]),
  ])
  const path = await fileOf('rows.parquet', table)
  expect(await readAll(path, { partRows: 3, features: ['size', 'id'], key: 'key' })).toEqual({
    parts: [
      [1, 4],
      [5, 1],
    ],
    rows: [1, 5],
    features: [0.5, 1, 3, 5],
    keys: ['ä', 'e'],
    refused: [
      { row: 2, key: 'b', column: 'size', reason: 'has no value' },
      { row: 3, key: 'c', column: 'size', reason: 'is 1e+39, beyond the finite 32-bit numbers' },
      { row: 4, key: null, column: 'size', reason: 'is Infinity, which is no finite number' },
    ],
  })
})

test('a key may be a feature too, and a number', async () => {
  const path = await fileOf('ids.parquet', new Table([int64Column('id', [7, 8]), float32Column('x', [1, 2])]))
  expect(await readAll(path, { partRows: 9, features: ['x', 'id'], key: 'id' })).toMatchObject({
    features: [1, 7, 2, 8],
    keys: ['7', '8'],
  })
})

test('where rows end is found as the splitter finds it, whatever the bytes', async () => {
  const cells = ['1', '', '"2"', '"a\n\r""b"', 'é']
  const ends = ['\n', '\r\n', '\r', '\n\n', '\r\n""\r\n']
  let text = '\ufeffa,b\n'
  for (let at = 0; at < 125; at++)
    text += `${cells[at % 5]},${cells[(at * 3) % 5]}${at % 7 ? '' : ',3'}${ends[Math.floor(at / 5) % 5]}`
  const path = await fileOf('odd.csv', text)
  const whole = await readAll(path, { partRows: 1_000, features: ['a'] })
  expect(whole.rows.length + whole.refused.length).toBe(125)
  for (const partRows of [1, 3, 10]) {
    const { parts: _, ...found } = await readAll(path, { partRows, features: ['a'] })
    expect({ ...found, parts: whole.parts }).toEqual(whole)
  }
})

test('a row of another width is refused by itself, and bytes that are no UTF-8 are an error', async () => {
  const path = await fileOf('ragged.csv', 'a,b\n1,2\n3\n4,5,6\n7,8\n')
  expect(await readAll(path, { partRows: 3, features: ['b'], key: 'a' })).toMatchObject({
    rows: [1, 4],
    refused: [
      { row: 2, key: null, column: null, reason: 'has 1 cells, and the header 2' },
      { row: 3, key: null, column: null, reason: 'has 3 cells, and the header 2' },
    ],
  })
  await writeFile(path, Buffer.concat([Buffer.from('a\n1\n2\n'), Buffer.from([0xff, 0x0a])]))
  await expect(readAll(path, { partRows: 2, features: ['a'] })).rejects.toMatchObject({ code: 'csv_malformed' })
})

test('what is wrong with a whole file is an error', async () => {
  const read = async (name: string, content: string | Table) => {
    const path = await fileOf(name, content)
    return await readAll(path, { partRows: 2, features: ['a'] })
  }
  await expect(read('empty.csv', '')).rejects.toMatchObject({ code: 'csv_empty' })
  await expect(read('twice.csv', 'a,a\n1,2')).rejects.toMatchObject({ code: 'column_duplicate' })
  await expect(read('quote.csv', 'a\n1\n2\n3\n4"\n5')).rejects.toMatchObject({ code: 'csv_malformed', row: 4 })
  await expect(read('text.parquet', new Table([stringColumn('a', ['1'])]))).rejects.toMatchObject({
    code: 'column_kind',
  })
  await expect(read('no.parquet', 'PAR1')).rejects.toMatchObject({ code: 'parquet_malformed' })
  await expect(read('rows.txt', 'a')).rejects.toMatchObject({ code: 'file_unreadable' })
  expect(await read('header.csv', 'a')).toMatchObject({ parts: [], rows: [] })
})
