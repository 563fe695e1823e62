import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { wisconsin } from '../../test/wisconsin.ts'
import { booleanColumn, type Column, float32Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { readParquet } from './read-parquet.ts'
import { writeParquet } from './write-parquet.ts'

const everything = new Table([
  float64Column('f64', [Math.PI, null, -0, 5e-324, Number.MAX_VALUE]),
  float64Column('f64_full', [0.1, 0.2, 0.3, -0, 1e300]),
  float32Column('f32', [0.1, null, 1e-45, -0, 3.4e38]),
  int64Column('int', [2 ** 53 - 1, -(2 ** 53 - 1), null, 0, -7]),
  stringColumn('text', ['', null, 'é€😀', 'a\0b', 'x'.repeat(100_000)]),
  booleanColumn('flag', [true, null, false, true, null]),
  float64Column('__proto__', [1, 2, 3, 4, 5]),
  stringColumn('a.b', ['1', '2', '3', '4', '5']),
])

function bitsOf(column: Column): unknown {
  const { values } = column
  return values instanceof Float64Array || values instanceof Float32Array
    ? Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
    : values
}

function expectSame(actual: Table, expected: Table): void {
  expect(actual.columns.map(({ name, kind }) => [name, kind])).toEqual(
    expected.columns.map(({ name, kind }) => [name, kind]),
  )
  expect(actual.columns.map(bitsOf)).toEqual(expected.columns.map(bitsOf))
}

test('every kind comes back bit for bit, missing values too', async () => {
  expectSame(await readParquet(await writeParquet(everything)), everything)
})

test('tables of no rows and of several row groups come back', async () => {
  expectSame(await readParquet(await writeParquet(everything.take([]))), everything.take([]))
  const long = new Table([
    int64Column(
      'row',
      Array.from({ length: 250_001 }, (_, i) => i),
    ),
    stringColumn(
      'text',
      Array.from({ length: 250_001 }, (_, i) => (i % 3 === 0 ? null : `t${i}`)),
    ),
  ])
  expectSame(await readParquet(await writeParquet(long)), long)
})

test('the same table gives the same bytes, however it was made', async () => {
  const { table } = await wisconsin()
  const bytes = await writeParquet(table)
  const again = await writeParquet((await readParquet(bytes)).take([...Array(table.rowCount).keys()]))
  expect(Buffer.compare(bytes, again)).toBe(0)
})

test('a file is read by path, and only the columns asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-parquet-'))
  try {
    const path = join(folder, 'table.parquet')
    await writeFile(path, await writeParquet(everything))
    expectSame(await readParquet(path, { columns: ['text', 'int'] }), everything.select(['text', 'int']))
    await expect(readParquet(path, { columns: ['txt'] })).rejects.toThrow('Did you mean "text"')
    await expect(readParquet(join(folder, 'none'))).rejects.toMatchObject({ code: 'file_unreadable' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('files of others with compression and dictionaries are read', async () => {
  const data = Array.from({ length: 3_000 }, (_, i) => `name ${i % 5}`)
  const bytes = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 's', data, type: 'STRING' }], codec: 'SNAPPY' }),
  )
  expect((await readParquet(bytes)).column('s').values).toEqual(data)
})

test('what a table cannot hold is refused by name, and can be left out', async () => {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'when', data: [new Date(0)], type: 'TIMESTAMP' },
        { name: 'raw', data: [Uint8Array.of(1)], type: 'BYTE_ARRAY' },
        { name: 'big', data: [2n ** 60n], type: 'INT64' },
        { name: 'fine', data: [1], type: 'DOUBLE' },
      ],
    }),
  )
  await expect(readParquet(bytes)).rejects.toMatchObject({ code: 'parquet_unsupported', column: 'when' })
  await expect(readParquet(bytes, { columns: ['raw'] })).rejects.toMatchObject({ code: 'parquet_unsupported' })
  await expect(readParquet(bytes, { columns: ['big'] })).rejects.toMatchObject({ code: 'value_invalid', row: 1 })
  expect((await readParquet(bytes, { columns: ['fine'] })).toRows()).toEqual([{ fine: 1 }])
})

test('a file that claims too many cells is refused before they are made', async () => {
  const bytes = await writeParquet(everything)
  await expect(readParquet(bytes, { maxCells: 39 })).rejects.toMatchObject({ code: 'parquet_too_large' })
  expect((await readParquet(bytes, { maxCells: 40 })).rowCount).toBe(5)
})

test('with plainOnly, files of ours are read and others are refused before a page is opened', async () => {
  expectSame(await readParquet(await writeParquet(everything), { plainOnly: true }), everything)
  const data = Array.from({ length: 100 }, (_, i) => `name ${i % 5}`)
  for (const options of [{ codec: 'SNAPPY' }, { codec: 'UNCOMPRESSED' }] as const) {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 's', data, type: 'STRING' }], ...options }))
    expect((await readParquet(bytes)).rowCount).toBe(100)
    await expect(readParquet(bytes, { plainOnly: true })).rejects.toThrow('only plain, uncompressed files are accepted')
  }
})

test.each([false, true])(
  'a truncated or damaged file is refused or read, never anything else (plainOnly %s)',
  async (plainOnly) => {
    const bytes = await writeParquet(everything.drop(['text']))
    for (let length = 0; length < bytes.length; length++) {
      await expect(readParquet(bytes.subarray(0, length), { plainOnly })).rejects.toBeInstanceOf(TableError)
    }
    for (const flip of [0x55, 0x80, 0xff]) {
      for (let at = 0; at < bytes.length; at++) {
        const damaged = bytes.slice()
        damaged[at]! ^= flip
        const outcome = await readParquet(damaged, { maxCells: 1_000, plainOnly }).catch((error: unknown) => error)
        expect(outcome instanceof TableError || outcome instanceof Table).toBe(true)
      }
    }
  },
)

test('a table without columns has no file', async () => {
  await expect(writeParquet(new Table([]))).rejects.toMatchObject({ code: 'parquet_unsupported' })
})

test('pages of the first version, with dictionaries of numbers and texts, are read as DuckDB 1.5 wrote them', async () => {
  const table = await readParquet(fileURLToPath(new URL('../../test/duckdb-v1.parquet', import.meta.url)))
  expectSame(
    table,
    new Table([
      int64Column(
        'i64',
        Array.from({ length: 1_000 }, (_, i) => i),
      ),
      int64Column(
        'i32',
        Array.from({ length: 1_000 }, (_, i) => i % 3),
      ),
      float64Column(
        'f64',
        Array.from({ length: 1_000 }, (_, i) => (i % 7 === 0 ? null : (i % 4) / 3)),
      ),
      float32Column(
        'f32',
        Array.from({ length: 1_000 }, (_, i) => (i % 4 === 1 ? null : (i % 6) / 7)),
      ),
      stringColumn(
        'text',
        Array.from({ length: 1_000 }, (_, i) => (i % 5 === 0 ? null : `wörd ${i % 5}`)),
      ),
      booleanColumn(
        'flag',
        Array.from({ length: 1_000 }, (_, i) => (i % 11 === 0 ? null : i % 2 === 0)),
      ),
      int64Column(
        'tiny',
        Array.from({ length: 1_000 }, (_, i) => i % 3),
      ),
    ]),
  )
})
