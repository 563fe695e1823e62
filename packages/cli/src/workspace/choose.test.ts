import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { storeCredential } from '../project/credentials.ts'
import { chooseApiKey, chooseWorkspace } from './choose.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(`${tmpdir()}/airlock-choose-`)
  await storeCredential(dir, { workspace: 'dev', identity: 'ada', apiKey: 'alk_ada', makeDefault: true })
  await storeCredential(dir, { workspace: 'dev', identity: 'ben', apiKey: 'alk_ben', makeDefault: false })
})
afterEach(() => rm(dir, { recursive: true }))

const folder = () => ({
  dir,
  exchange: dir,
  config: { project: 'p', exchange: 'x', workspaces: { dev: { stacks: {} }, prod: { stacks: {} } }, environments: {} },
})
const acting = (as?: string, env: Record<string, string> = {}) => ({ flags: { json: false, as }, env }) as Context

test('a workspace is the one named, else of the session, else the first', async () => {
  expect(await chooseWorkspace('prod', folder(), { workspace: 'dev' })).toBe('prod')
  expect(await chooseWorkspace(undefined, folder(), { workspace: 'prod' })).toBe('prod')
  expect(await chooseWorkspace(undefined, folder(), {})).toBe('dev')
})

test('a workspace that only a login knows can be named', async () => {
  expect(await chooseWorkspace('other', folder(), { urls: { other: 'http://127.0.0.1:1' } })).toBe('other')
})

test('an unknown workspace is refused with the nearest name', async () => {
  await expect(chooseWorkspace('prd', folder(), {})).rejects.toMatchObject({
    code: 'workspace_not_found',
    message: expect.stringContaining('Did you mean prod?'),
    details: { workspaces: ['dev', 'prod'] },
  })
})

test('the key is of --as, else of AIRLOCK_API_KEY, else the stored default', async () => {
  const env = { AIRLOCK_API_KEY: 'alk_env' }
  expect(await chooseApiKey(acting('ben', env), dir, 'dev')).toBe('alk_ben')
  expect(await chooseApiKey(acting(undefined, env), dir, 'dev')).toBe('alk_env')
  expect(await chooseApiKey(acting(), dir, 'dev')).toBe('alk_ada')
  expect(await chooseApiKey(acting(), dir, 'prod')).toBeNull()
})

test('an identity without a stored key is refused, never replaced by another', async () => {
  await expect(chooseApiKey(acting('bne', { AIRLOCK_API_KEY: 'alk_env' }), dir, 'dev')).rejects.toMatchObject({
    code: 'cli_credential_not_found',
    message: 'No key of bne is stored for dev. Did you mean ben?',
    details: { stored: ['ada', 'ben'] },
  })
})
