import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeWhole } from './write-predictions.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'write-predictions-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('the folder is made, an older file is replaced, and no draft stays', async () => {
  const path = join(dir, 'out/predictions.parquet')
  await writeWhole(path, Buffer.from('old'), 'a')
  await writeWhole(path, Buffer.from('new'), 'b')
  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await readdir(join(dir, 'out'))).toEqual(['predictions.parquet'])
})

test('when it cannot be put in place, no draft stays', async () => {
  await mkdir(join(dir, 'taken/inside'), { recursive: true })
  await expect(writeWhole(join(dir, 'taken'), Buffer.from('x'), 'a')).rejects.toThrow()
  expect(await readdir(dir)).toEqual(['taken'])
})
