import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeWhole } from './write-whole.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-whole-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('what cannot be written is said in words that name no file of ours, and nothing is left', async () => {
  await mkdir(join(dir, 'folder'))
  const refused = async (file: string) => await writeWhole(file, 'text').catch((error: Error) => error.message)
  expect(await refused(join(dir, 'folder'))).toBe(`${join(dir, 'folder')} cannot be written: it is a folder.`)
  expect(await refused(join(dir, 'none/report.md'))).toBe(
    `${join(dir, 'none/report.md')} cannot be written: there is no folder ${join(dir, 'none')}.`,
  )
  expect(await readdir(dir)).toEqual(['folder'])
})
