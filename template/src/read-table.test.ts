import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeParquet } from '@airlock-ml/tabular'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTable } from './read-table.ts'
import { patients } from './testing/patients.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'read-table-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('paths start at the project, and CSV and Parquet are read by their ending', async () => {
  expect((await readTable('data/new_patients.csv')).rowCount).toBe(20)
  await writeFile(join(dir, 'p.parquet'), await writeParquet(patients(3)))
  expect((await readTable(join(dir, 'p.parquet'))).toRows()).toEqual(patients(3).toRows())
})

test('other files are refused', async () => {
  await expect(readTable('data/README.md')).rejects.toThrow('data/README.md is neither a .csv nor a .parquet file')
})

test('a header that names a column twice is refused by that name', async () => {
  await writeFile(join(dir, 'twice.csv'), 'mean_area,mean_area\n1,2\n')
  await expect(readTable(join(dir, 'twice.csv'))).rejects.toThrow('names "mean_area" twice')
})
