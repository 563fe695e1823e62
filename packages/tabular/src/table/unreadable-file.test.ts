import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCsv } from '../csv/read-csv.ts'
import { readParquet } from '../parquet/read-parquet.ts'

const messageOf = (reading: Promise<unknown>) =>
  reading.then(
    () => 'it was read',
    ({ message }: Error) => message,
  )

test('a file that is not there, a folder and an empty path are told apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-unreadable-'))
  try {
    const relative = 'There is no file no/such.csv. Check the path, which begins in '
    expect(await messageOf(readCsv('no/such.csv'))).toBe(`${relative}${process.cwd()}.`)
    const absolute = join(folder, 'none.parquet')
    expect(await messageOf(readParquet(absolute))).toBe(`There is no file ${absolute}. Check the path.`)
    expect(await messageOf(readCsv(folder))).toBe(`${folder} is a folder. Name one of its files.`)
    expect(await messageOf(readCsv(''))).toBe('The path of the file is empty. Name a file.')
  } finally {
    await rm(folder, { recursive: true })
  }
})
