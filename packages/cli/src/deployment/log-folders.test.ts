import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claimLogFolder } from './log-folders.ts'

test('the first process takes care of folders whose processes are no more, and of no other', async () => {
  const root = await mkdtemp(join(tmpdir(), 'airlock-log-folders-'))
  const ended = spawn(process.execPath, ['--eval', ''])
  await once(ended, 'exit')
  for (const [name, pid] of [
    ['1', ended.pid],
    ['2', ended.pid],
    ['3', process.pid],
  ]) {
    await mkdir(join(root, String(name)))
    await writeFile(join(root, String(name), 'pid'), String(pid))
  }
  expect(await claimLogFolder(root, { number: 0, processes: 2 })).toEqual({
    dir: join(root, '0'),
    leftBehind: [join(root, '2')],
  })
  expect((await claimLogFolder(root, { number: 1, processes: 2 })).leftBehind).toEqual([])
  await rm(root, { recursive: true })
})
