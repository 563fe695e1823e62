import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { booleanColumn, float32Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { openTableWriter, schemaOf } from './open-table-writer.ts'
import { readParquet, visitParquet } from './read-parquet.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-table-writer-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = <T>(rows: number, cell: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => cell(row))

/** Every kind, with and without missing values, among them texts that no dictionary can hold and one that always is. */
function rows(count: number): Table {
  return new Table([
    int64Column(
      'row',
      at(count, (row) => (row % 2 ? -1 : 1) * row * 2 ** 30),
    ),
    float64Column(
      'f64',
      at(count, (row) => (row % 7 === 3 ? null : row / 3)),
    ),
    float32Column(
      'f32',
      at(count, (row) => (row === 0 ? -0 : row / 3)),
    ),
    int64Column(
      'small',
      at(count, (row) => (row % 5 === 1 ? null : -row)),
    ),
    stringColumn(
      'label',
      at(count, (row) => (row % 3 === 0 ? null : `wörd ${row % 4} 😀`)),
    ),
    stringColumn(
      'id',
      at(count, (row) => `\ufeff${row}`),
    ),
    stringColumn(
      'always',
      at(count, () => 'the same'),
    ),
    booleanColumn(
      'flag',
      at(count, (row) => (row % 11 === 5 ? null : row % 2 === 0)),
    ),
    booleanColumn(
      'nothing',
      at(count, () => null),
    ),
  ])
}

const schemaOfRows = schemaOf(rows(0)).map((column) => {
  if (column.name === 'small') return { ...column, kind: 'int32' as const }
  return { ...column, nullable: !['row', 'f32', 'id', 'always'].includes(column.name) }
})

test.for(['uncompressed', 'snappy', 'zstd'] as const)('batches come back as one table (%s)', async (codec) => {
  const path = join(folder, 'rows.parquet')
  const table = rows(25_000)
  const writer = await openTableWriter(path, schemaOfRows, { codec, rowGroupRows: 12_000 })
  for (const [from, to] of [
    [0, 1],
    [1, 1],
    [1, 11_999],
    [11_999, 25_000],
  ] as const) {
    await writer.write(table.take(at(to - from, (row) => from + row)))
  }
  expect(await writer.close()).toEqual({ rowCount: 25_000 })
  expect(await readdir(folder)).toEqual(['rows.parquet'])

  const read = await readParquet(path)
  expect(read.columns).toEqual(table.columns)
  const groups: number[] = []
  await visitParquet(path, ({ rowCount }) => void groups.push(rowCount))
  expect(groups).toEqual([12_000, 12_000, 1_000])

  // A reader that is not ours.
  const bytes = await readFile(path)
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const objects = await parquetReadObjects({ file, compressors, rowStart: 24_990 })
  expect(objects[6]).toEqual({
    row: BigInt(24_996 * 2 ** 30),
    f64: 24_996 / 3,
    f32: Math.fround(24_996 / 3),
    small: null,
    label: null,
    id: '24996',
    always: 'the same',
    flag: true,
    nothing: null,
  })
})

test('the same batches give the same bytes, and no rows a table of no rows', async () => {
  const paths = ['a', 'b'].map((name) => join(folder, name))
  for (const path of paths) {
    await using writer = await openTableWriter(path, schemaOfRows)
    await writer.write(rows(100))
    await writer.close()
  }
  const [a, b] = await Promise.all(paths.map((path) => readFile(path)))
  expect(a).toEqual(b)

  const empty = join(folder, 'empty')
  const writer = await openTableWriter(empty, schemaOfRows)
  expect(await writer.close()).toEqual({ rowCount: 0 })
  expect((await readParquet(empty)).columns).toEqual(rows(0).columns)
})

test('a batch that does not fit is refused as a whole, and the writer goes on', async () => {
  const path = join(folder, 'rows.parquet')
  const writer = await openTableWriter(path, [
    { name: 'n', kind: 'int32', nullable: false },
    { name: 't', kind: 'string' },
  ])
  const batch = (n: (number | null)[], t: (string | null)[]) => new Table([int64Column('n', n), stringColumn('t', t)])
  await writer.write(batch([1], ['one']))
  const refused: [Table, object][] = [
    [batch([2], ['two']).withColumn(int64Column('more', [1])), { code: 'column_unknown', column: 'more' }],
    [batch([2], ['two']).drop(['t']), { code: 'column_unknown', column: 't' }],
    [batch([2], ['two']).withColumn(float64Column('n', [1])), { code: 'column_kind', column: 'n' }],
    [batch([2, null], ['two', 'three']), { code: 'value_missing', column: 'n', row: 2 }],
    [batch([2, 2 ** 31], ['two', 'three']), { code: 'value_invalid', column: 'n', row: 2 }],
    [new Table([int64Column('n', [2]), { name: 't', kind: 'string', values: ['\ud800'] }]), { code: 'value_invalid' }],
  ]
  for (const [table, expected] of refused) await expect(writer.write(table)).rejects.toMatchObject(expected)
  expect(() => batch([2, 3], ['two'])).toThrow('has 1 rows, the first column 2')
  await writer.write(batch([2], [null]).select(['t', 'n']))
  await writer.close()
  expect((await readParquet(path)).toRows()).toEqual([
    { n: 1, t: 'one' },
    { n: 2, t: null },
  ])
})

test('a schema that makes no file is refused before there is a draft', async () => {
  const path = join(folder, 'rows.parquet')
  const x = { name: 'x', kind: 'float64' } as const
  await expect(openTableWriter(path, [])).rejects.toMatchObject({ code: 'parquet_unsupported' })
  await expect(openTableWriter(path, [x, x])).rejects.toMatchObject({ code: 'column_duplicate' })
  await expect(openTableWriter(path, [x], { rowGroupRows: 0 })).rejects.toMatchObject({ code: 'setting_invalid' })
  expect(await readdir(folder)).toEqual([])
  const nowhere = openTableWriter(join(folder, 'no', 'rows.parquet'), [x])
  await expect(nowhere).rejects.toMatchObject({ code: 'file_unwritable' })
})

test('a killed writer leaves the former file and a draft that nobody takes for one', async () => {
  const path = join(folder, 'rows.parquet')
  await writeFile(path, 'the former file')
  const child = fork(new URL('../../test/endless-writer.child.ts', import.meta.url), [path], {
    execArgv: process.execArgv,
  })
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await readFile(path, 'utf8')).toBe('the former file')
  const draft = `${path}.test.tmp`
  await expect(readParquet(draft)).rejects.toMatchObject({ code: 'parquet_malformed' })

  // The retry of the same run writes over it.
  const writer = await openTableWriter(path, [{ name: 'x', kind: 'float64' }], { draftMark: 'test' })
  await writer.write(new Table([float64Column('x', [1])]))
  await writer.close()
  expect(await readdir(folder)).toEqual(['rows.parquet'])
  expect((await readParquet(path)).rowCount).toBe(1)
})

test('who gives up, or leaves without closing, leaves nothing; afterwards a writer takes no rows', async () => {
  const path = join(folder, 'rows.parquet')
  const table = rows(10)
  const leave = async () => {
    await using writer = await openTableWriter(path, schemaOf(table))
    await writer.write(table)
    throw new Error('in the middle')
  }
  await expect(leave()).rejects.toThrow('in the middle')
  expect(await readdir(folder)).toEqual([])

  const writer = await openTableWriter(path, schemaOf(table))
  await writer.close()
  await writer.abort()
  expect((await readParquet(path)).rowCount).toBe(0)
  await expect(writer.write(table)).rejects.toMatchObject({ code: 'writer_ended' })
})

test('into a stream rows go no faster than it takes them, and a fault of the stream is one of the writer', async () => {
  const taken: (() => void)[] = []
  const pieces: Uint8Array[] = []
  let fault: Error | undefined
  const stream = new Writable({
    write: (piece: Uint8Array, _, done) => {
      pieces.push(piece)
      taken.push(() => done(fault))
    },
  })
  const batch = new Table([float64Column('x', new Float64Array(1_000))])
  const writer = await openTableWriter(stream, schemaOf(batch), { rowGroupRows: 1_000 })
  let isWritten = false
  const written = writer.write(batch).then(() => {
    isWritten = true
  })
  while (!isWritten) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    // A piece that the stream still holds: the rows are not written yet, however long it takes.
    if (taken.length > 0) expect(isWritten).toBe(false)
    taken.shift()?.()
  }
  await written
  expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThan(8_000)

  fault = new Error('the other side hung up')
  const failed = writer.write(batch)
  while (taken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  taken.shift()?.()
  await expect(failed).rejects.toThrow('hung up')
  await expect(writer.close()).rejects.toThrow('hung up')
})

test('what the writer holds does not grow with the rows', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let bytes = 0
  const stream = new Writable({
    write: (piece: Uint8Array, _, done) => {
      bytes += piece.length
      done()
    },
  })
  const batch = rows(5_000)
  const writer = await openTableWriter(stream, schemaOf(batch), { rowGroupRows: 10_000 })
  // Buffers are freed in the background, some time after the collection: the least of several looks counts.
  const heldMiB = async (batches: number): Promise<number> => {
    for (let i = 0; i < batches; i++) await writer.write(batch)
    const looks = []
    for (let i = 0; i < 10; i++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 10))
      const { arrayBuffers, heapUsed } = process.memoryUsage()
      looks.push((arrayBuffers + heapUsed) / 2 ** 20)
    }
    return Math.min(...looks)
  }
  const early = await heldMiB(10)
  const late = await heldMiB(60)
  await writer.close()
  expect(bytes).toBeGreaterThan(8 * 2 ** 20)
  expect(late - early).toBeLessThan(4)
})
