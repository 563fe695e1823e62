import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetCredential, readCredentials, setDefaultIdentity, storeCredential } from './credentials.ts'
import { layout } from './layout.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-credentials-'))
})
afterEach(() => rm(dir, { recursive: true }))

const stored = { workspace: 'w', identity: 'ada', apiKey: 'alk_1_a', makeDefault: false }

test('the first key of a workspace is the default, later ones only when asked', async () => {
  await storeCredential(dir, stored)
  await storeCredential(dir, { ...stored, identity: 'ben', apiKey: 'alk_2_b' })
  expect(await readCredentials(dir)).toEqual({ w: { default: 'ada', keys: { ada: 'alk_1_a', ben: 'alk_2_b' } } })
  await storeCredential(dir, { ...stored, identity: 'ben', apiKey: 'alk_3_c', makeDefault: true })
  expect((await readCredentials(dir)).w).toEqual({ default: 'ben', keys: { ada: 'alk_1_a', ben: 'alk_3_c' } })
})

test('only the owner may read the file, and git does not see it', async () => {
  await storeCredential(dir, stored)
  expect((await stat(layout(dir).credentials)).mode & 0o777).toBe(0o600)
  expect(await readFile(layout(dir).gitignore, 'utf8')).toBe('*\n')
})

test('a file that was readable by others is so no more once it is written', async () => {
  await storeCredential(dir, stored)
  await rm(layout(dir).credentials)
  await writeFile(layout(dir).credentials, '{}', { mode: 0o644 })
  await storeCredential(dir, stored)
  expect((await stat(layout(dir).credentials)).mode & 0o777).toBe(0o600)
})

test('signing out keeps the keys; forgetting deletes one', async () => {
  await storeCredential(dir, stored)
  await setDefaultIdentity(dir, 'w', null)
  expect(await readCredentials(dir)).toEqual({ w: { default: null, keys: { ada: 'alk_1_a' } } })
  expect(await forgetCredential(dir, 'w', 'ada')).toBe(true)
  expect(await forgetCredential(dir, 'w', 'ada')).toBe(false)
  expect(await readCredentials(dir)).toEqual({ w: { default: null, keys: {} } })
})

test('a damaged file is named, not overwritten', async () => {
  await storeCredential(dir, stored)
  await writeFile(layout(dir).credentials, '{ "w": ')
  await expect(storeCredential(dir, stored)).rejects.toMatchObject({
    code: 'cli_file_invalid',
    message: expect.stringContaining('credentials.json'),
  })
})
