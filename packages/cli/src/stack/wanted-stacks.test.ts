import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StackConfig } from '@airlock-ml/sdk/config'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wantedStacks } from './wanted-stacks.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-wanted-'))
  await mkdir(join(dir, 'governance'))
})
afterEach(() => rm(dir, { recursive: true }))

const local: StackConfig = { components: [{ type: 'orchestrator', flavor: 'local' }] }
const filed = 'workspaces: { dev: { dev-stack: { components: { orchestrator: { flavor: local } } } } }'
const wanted = async (stacks: Record<string, StackConfig>, file?: string) => {
  if (file) await writeFile(join(dir, 'governance/stacks.yaml'), file)
  const config = { project: 'p', exchange: 'x', workspaces: { dev: { stacks } }, environments: {} }
  return [...(await wantedStacks({ dir, config, exchange: 'x' }, 'dev')).keys()]
}

test('stacks come from airlock.config.ts, and from governance/stacks.yaml where it only names them', async () => {
  expect(await wanted({ 'own-stack': local })).toEqual(['own-stack'])
  expect(await wanted({ 'own-stack': local, 'dev-stack': {} }, filed)).toEqual(['dev-stack', 'own-stack'])
})

test('a stack that stands in both is refused', async () => {
  await expect(wanted({ 'dev-stack': local }, filed)).rejects.toMatchObject({
    code: 'cli_config_invalid',
    message: expect.stringContaining('keep one'),
  })
})

test('a stack that is only named is refused with the nearest name', async () => {
  await expect(wanted({ 'dev-stak': {} }, filed)).rejects.toMatchObject({
    code: 'cli_config_invalid',
    message: expect.stringContaining('Did you mean dev-stack?'),
  })
})
