import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wisconsin } from '../../test/wisconsin.ts'
import type { TableError } from '../table/table-error.ts'
import { type ReadCsvOptions, readCsv } from './read-csv.ts'
import { readCsvBatches } from './read-csv-batches.ts'

const csv = (text: string, options?: ReadCsvOptions) => readCsv(Buffer.from(text), options)

async function refusal(
  text: string,
  options?: ReadCsvOptions,
): Promise<Pick<TableError, 'code' | 'message' | 'row' | 'column'>> {
  const error = await csv(text, options).then(
    () => undefined,
    (reason: TableError) => reason,
  )
  return error ?? { code: 'csv_empty', message: 'was not refused', row: undefined, column: undefined }
}

test('the reference data set is read with its kinds and values', async () => {
  const { table, featureNames } = await wisconsin()
  expect(table.rowCount).toBe(569)
  expect(featureNames).toHaveLength(30)
  expect(table.column('mean_radius')).toMatchObject({ kind: 'float64' })
  expect(table.column('mean_radius').values[568]).toBe(7.76)
  expect(table.column('target').kind).toBe('int64')
  expect(table.toRows().filter((row) => row.target === 1)).toHaveLength(357)
})

test('kinds are inferred so that no value changes', async () => {
  const table = await csv(
    'i,f,b,s,zip,big,gap\n1,1.5,true,x,007,12345678901234567890,\n-2,.5e-3,FALSE,"a,""b""",010,1,\n',
  )
  expect(table.columns.map(({ kind }) => kind)).toEqual([
    'int64',
    'float64',
    'boolean',
    'string',
    'string',
    'string',
    'float64',
  ])
  expect(table.toRows()[1]).toEqual({ i: -2, f: 0.0005, b: false, s: 'a,"b"', zip: '010', big: '1', gap: null })
})

test('an empty cell is a missing value in every kind', async () => {
  const table = await csv('n,s,b\n1,x,true\n,,\nNaN,y,false\n')
  expect(table.toRows().slice(1)).toEqual([
    { n: null, s: null, b: null },
    { n: null, s: 'y', b: false },
  ])
})

test('what is named as a mark of a missing value is one in every kind, and nothing else is', async () => {
  const csv = Buffer.from('a,b,c\n1, NA ,?\nNA,x,?\n2.5,N,?\n')
  const marked = await readCsv(csv, { missing: ['NA', '?'] })
  expect(marked.columns.map(({ kind }) => kind)).toEqual(['float64', 'string', 'float64'])
  expect(marked.toRows()).toEqual([
    { a: 1, b: null, c: null },
    { a: null, b: 'x', c: null },
    { a: 2.5, b: 'N', c: null },
  ])
  const rows = []
  for await (const batch of readCsvBatches(csv, { missing: ['NA', '?'], batchRows: 2 })) rows.push(...batch.toRows())
  expect(rows).toEqual(marked.toRows())
  expect((await readCsv(csv)).columns.map(({ kind }) => kind)).toEqual(['string', 'string', 'string'])
})

test('a byte order mark, CRLF, blank lines and spaces around numbers and names are accepted', async () => {
  const table = await csv('\ufeffa, b\r\n1, 2.5\r\n\r\n')
  expect(table.toRows()).toEqual([{ a: 1, b: 2.5 }])
})

test('with a schema, text in a number column is refused with row, column and value', async () => {
  const schema = { radius: 'number' } as const
  expect(await refusal('id,radius\n1,2.5\n2,large\n', { schema })).toMatchObject({
    code: 'value_invalid',
    row: 2,
    column: 'radius',
    message: expect.stringContaining('Row 2 of column "radius" is "large"'),
  })
  for (const text of ['Infinity', '1e999', '0x10', '1,5', 'NA', '1_000']) {
    expect(await refusal(`radius\n"${text}"\n`, { schema })).toMatchObject({ code: 'value_invalid', row: 1 })
  }
})

test('a schema decides kinds, and asks for columns that must be there', async () => {
  const table = await csv('a,b,c\n1,1,1\n', { schema: { a: 'string', b: 'number', c: 'integer' } })
  expect(table.columns.map(({ kind }) => kind)).toEqual(['string', 'float64', 'int64'])
  expect(await refusal('mean_radius\n1\n', { schema: { mean_radus: 'number' } })).toMatchObject({
    code: 'column_unknown',
    message: expect.stringContaining('Did you mean "mean_radius"?'),
  })
  expect(await refusal('c\n1.5\n', { schema: { c: 'integer' } })).toMatchObject({ code: 'value_invalid', row: 1 })
  expect(await refusal('c\nyes\n', { schema: { c: 'boolean' } })).toMatchObject({ code: 'value_invalid', row: 1 })
})

test('a header without rows is a table of no rows', async () => {
  const table = await csv('a,b\n')
  expect(table.rowCount).toBe(0)
  expect(table.columnNames).toEqual(['a', 'b'])
})

test('empty, ragged and badly headed files are refused, each with its own code', async () => {
  expect(await refusal('')).toMatchObject({ code: 'csv_empty' })
  expect(await refusal('\ufeff')).toMatchObject({ code: 'csv_empty' })
  expect(await refusal('a,b\n1,2\n3\n')).toMatchObject({ code: 'csv_ragged', row: 2 })
  expect(await refusal('a,b\n1,2,3\n')).toMatchObject({ code: 'csv_ragged', row: 1 })
  expect(await refusal('a,b,a\n1,2,3\n')).toMatchObject({ code: 'column_duplicate', column: 'a' })
  expect(await refusal('a,,b\n1,2,3\n')).toMatchObject({ code: 'column_name' })
  expect(await refusal('a,b\n1,"2\n3,4\n')).toMatchObject({ code: 'csv_malformed' })
})

test('bytes that are not UTF-8 are refused', async () => {
  await expect(readCsv(Uint8Array.of(0x61, 0x0a, 0xff, 0xfe))).rejects.toMatchObject({ code: 'csv_malformed' })
  await expect(readCsv(Uint8Array.of(0x61, 0x0a, 0xc3))).rejects.toMatchObject({ code: 'csv_malformed' })
})

test('columns named like parts of a prototype are ordinary columns', async () => {
  const schema = JSON.parse('{"__proto__": "string"}') as ReadCsvOptions['schema']
  const table = await csv('__proto__,constructor,toString\n1,2,3\n', { schema: schema! })
  expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['__proto__', 'string'],
    ['constructor', 'int64'],
    ['toString', 'int64'],
  ])
})

test('a file is streamed, characters cut by a chunk included, and a missing one is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-csv-'))
  try {
    const path = join(folder, 'big.csv')
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},é€😀`)
    await writeFile(path, `n,text\n${lines.join('\n')}`)
    const table = await readCsv(path)
    expect(table.rowCount).toBe(20_000)
    expect(new Set(table.toRows().map((row) => row.text))).toEqual(new Set(['é€😀']))
    await expect(readCsv(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'file_unreadable' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([';', '\t', '|'])(
  'a header of one column with %j in it names what stands between the columns',
  async (separator) => {
    const csv = Buffer.from(`alcohol${separator}quality\n1`)
    await expect(readCsv(csv)).rejects.toMatchObject({
      code: 'csv_malformed',
      message: expect.stringContaining(`It seems that ${JSON.stringify(separator)} stands between the columns`),
    })
  },
)
