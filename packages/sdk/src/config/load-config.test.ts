import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlatformError } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-config-'))
})
afterEach(() => rm(dir, { recursive: true }))

const components = [{ type: 'orchestrator', flavor: 'local' }]
const whole = {
  project: 'cancer-detection',
  exchange: '.airlock/exchange',
  workspaces: {
    dev: { stacks: { 'dev-stack': { components } } },
    prod: { stacks: { 'gcp-stack': { components } }, trusts: ['dev'] },
  },
  environments: { local: { workspace: 'dev', stack: 'dev-stack', config: 'configs/local.yaml' } },
}

const write = (source: string) => writeFile(join(dir, 'airlock.config.ts'), source)
const refusal = async (config: unknown) => {
  await write(typeof config === 'string' ? config : `export default ${JSON.stringify(config)}`)
  return (await loadConfig(dir).then(String, (error) => error)) as PlatformError
}

test('the configuration is found from a folder below, with its defaults filled in', async () => {
  await write(`const config: object = ${JSON.stringify(whole)}\nexport default config`)
  await mkdir(join(dir, 'src/pipelines'), { recursive: true })
  const { projectDir, config } = await loadConfig(join(dir, 'src/pipelines'))
  expect(projectDir).toBe(dir)
  expect(config).toEqual({ ...whole, pipelines: 'src/pipelines', hooks: { success: [], failure: [], drift: [] } })
})

test('a folder that is in no project is said to be so', async () => {
  await expect(loadConfig(dir)).rejects.toMatchObject({ code: 'cli_project_folder_not_found' })
})

test.each<[string, unknown]>([
  ['exhcange: is not known. Did you mean "exchange"?', { ...whole, exhcange: 'x' }],
  ['exchange: is missing: expected string.', { ...whole, exchange: undefined }],
  ['environments.stagign: is not known. Did you mean "staging"?', { ...whole, environments: { stagign: {} } }],
  [
    'environments.local.workspce: is not known. Did you mean "workspace"?',
    { ...whole, environments: { local: { ...whole.environments.local, workspce: 'dev' } } },
  ],
  [
    'workspaces.dev.stacks.dev-stack.components[0].flavour: is not known. Did you mean "flavor"?',
    {
      ...whole,
      workspaces: { dev: { stacks: { 'dev-stack': { components: [{ ...components[0], flavour: 'x' }] } } } },
    },
  ],
  ['project: must be kebab-case', { ...whole, project: 'Cancer Detection' }],
  ['hooks.success: expected array, got the text "hook.ts".', { ...whole, hooks: { success: 'hook.ts' } }],
  [
    'environments.local.workspace: "deev" is not known. Did you mean "dev"?',
    { ...whole, environments: { local: { ...whole.environments.local, workspace: 'deev' } } },
  ],
  [
    'environments.local.stack: "gcp-stack" is not known. Did you mean "dev-stack"?',
    { ...whole, environments: { local: { ...whole.environments.local, stack: 'gcp-stack' } } },
  ],
  [
    'workspaces.dev.trusts[0]: "production" is not known.',
    { ...whole, workspaces: { ...whole.workspaces, dev: { ...whole.workspaces.dev, trusts: ['production'] } } },
  ],
  ['has no default export', 'export const config = {}'],
  ['cannot be loaded: nothing here', 'throw new Error("nothing here")'],
  ['cannot be loaded', 'export default {'],
])('refused: %s', async (message, config) => {
  const error = await refusal(config)
  expect(error.code).toBe('cli_config_invalid')
  expect(error.message).toContain(join(dir, 'airlock.config.ts'))
  expect(error.message).toContain(message)
})
