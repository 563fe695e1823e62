import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadHooks } from './load-hooks.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-hooks-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('hooks are loaded in their order, under their paths', async () => {
  await writeFile(join(dir, 'a.ts'), 'export default () => {}')
  await writeFile(join(dir, 'b.ts'), 'export default async (event: object) => {}')
  const hooks = await loadHooks(dir, { success: ['b.ts', 'a.ts'], failure: ['a.ts'] })
  expect(hooks.success.map(({ name }) => name)).toEqual(['b.ts', 'a.ts'])
  expect(hooks.failure.map(({ name, run }) => [name, typeof run])).toEqual([['a.ts', 'function']])
})

test.each([
  ['The hook a.ts cannot be loaded: no network', 'throw new Error("no network")'],
  ['The default export of a.ts must be a function, but is nothing.', 'export const hook = () => {}'],
  ['The default export of a.ts must be a function, but is an object.', 'export default {}'],
])('a hook that cannot run is refused before anything runs: %s', async (message, source) => {
  await writeFile(join(dir, 'a.ts'), source)
  await expect(loadHooks(dir, { success: [], failure: ['a.ts'] })).rejects.toMatchObject({
    code: 'hook_invalid',
    message,
  })
})

test('a hook that is not there is refused', async () => {
  await expect(loadHooks(dir, { success: ['no.ts'], failure: [] })).rejects.toMatchObject({ code: 'hook_invalid' })
})
