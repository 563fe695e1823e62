import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWorkspace } from './create.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-birth-'))
})
afterEach(() => rm(dir, { recursive: true }))

const create = () => createWorkspace({ dir, name: 'w', project: 'fraud', admin: 'root' })

test('a database that was lost is not replaced by an empty one, to which all artifacts would be orphans', async () => {
  await create()
  await mkdir(join(dir, 'artifacts/blobs/ab'), { recursive: true })
  const database = join(dir, 'workspace.db')
  await rm(database)
  await expect(create()).rejects.toMatchObject({
    code: 'database_unusable',
    message: expect.stringContaining(`${database} is gone, and ${join(dir, 'artifacts')} holds artifacts`),
  })
  expect(existsSync(database)).toBe(false)
  await writeFile(database, '')
  await expect(create()).rejects.toMatchObject({ message: expect.stringContaining(`${database} is empty`) })
})

test('one that was lost before anything was stored is made anew', async () => {
  await create()
  await rm(join(dir, 'workspace.db'))
  expect(await create()).toMatchObject({ created: true })
})
