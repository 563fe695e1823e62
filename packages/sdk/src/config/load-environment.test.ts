import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlatformError } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { pipeline } from '../define/pipeline.ts'
import { loadEnvironment } from './load-environment.ts'
import { projectSchema } from './project-schema.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-environment-'))
  await mkdir(join(dir, 'configs'))
  await mkdir(join(dir, 'src/pipelines'), { recursive: true })
  await writeFile(join(dir, 'src/pipelines/training.ts'), '')
  await writeFile(join(dir, 'src/pipelines/batch-inference.ts'), '')
})
afterEach(() => rm(dir, { recursive: true }))

const config = projectSchema.parse({
  project: 'p',
  exchange: 'x',
  workspaces: { dev: { stacks: { 'dev-stack': { components: [{ type: 'orchestrator', flavor: 'local' }] } } } },
  environments: { local: { workspace: 'dev', stack: 'dev-stack', config: 'configs/local.yaml' } },
})
const params = z.object({
  data: z.string(),
  trees: z.int().default(1),
  smote: z.boolean().optional(),
  features: z.array(z.string()).nullable().default(null),
  mode: z.enum(['1', '2']).optional(),
})
const training = pipeline({ name: 'training', params, build: () => {} })

const load = async (yaml: string, paramOverrides: string[] = []) => {
  await writeFile(join(dir, 'configs/local.yaml'), yaml)
  return await loadEnvironment(dir, { config, environment: 'local', pipeline: training, paramOverrides })
}
const refusal = (yaml: string, overrides?: string[]) =>
  load(yaml, overrides).then(String, (error) => error) as Promise<PlatformError>

test('the file gives labels and the parameters of the pipeline', async () => {
  const yaml = 'labels: { team: ml }\npipelines:\n  training: { data: a.csv, trees: 7 }\n  batch-inference:\n'
  expect(await load(yaml)).toEqual({
    environment: 'local',
    workspace: 'dev',
    stack: 'dev-stack',
    labels: { team: 'ml' },
    params: { data: 'a.csv', trees: 7 },
  })
})

test('an empty file is a file without labels and parameters', async () => {
  expect(await load('# nothing yet\n')).toMatchObject({ labels: {}, params: {} })
})

test('parameters of the command line win, read as their schema asks for', async () => {
  const overrides = ['data=007', 'trees=12', 'smote=true', 'features=["a","b"]', 'mode=1']
  const { params } = await load('pipelines: { training: { data: a.csv, trees: 7 } }', overrides)
  expect(params).toEqual({ data: '007', trees: 12, smote: true, features: ['a', 'b'], mode: '1' })
})

test('what cannot be read as its schema asks stays text, and = may be part of it', async () => {
  const { params } = await load('', ['trees=many', 'smote=yes', 'data=a=b', 'tress=1', 'constructor=x'])
  expect(params).toEqual({ trees: 'many', smote: 'yes', data: 'a=b', tress: '1', constructor: 'x' })
})

/** Ten lines that would unfold to a thousand million. */
const anchorBomb = `labels: {}\npipelines:\n  training:\n    a0: &a0 [x]\n${Array.from(
  { length: 9 },
  (_, at) => `    a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
).join('\n')}\n`

test.each([
  [
    'pipelines:\n  training: { trees: 1 }\n  training: { trees: 2 }\n',
    'configs/local.yaml, line 3, column 3: Map keys must be unique',
  ],
  ['labels: [', 'configs/local.yaml, line 1'],
  ['labels: !secret x', 'Unresolved tag: !secret'],
  ['pipelnes: {}', 'configs/local.yaml: pipelnes is not known. Did you mean "pipelines"?'],
  ['pipelines: { trainng: {} }', 'configs/local.yaml: pipelines.trainng is not known. Did you mean "training"?'],
  ['pipelines: { training: 5 }', 'configs/local.yaml: pipelines.training expected record, got 5.'],
  ['labels: { team: 5 }', 'configs/local.yaml: labels.team expected string, got 5.'],
  [anchorBomb, 'configs/local.yaml: its YAML aliases (`*name`) unfold to too much'],
  ['- a\n- b\n', 'configs/local.yaml: the whole expected object, got a list of 2.'],
])('the file %j is refused', async (yaml, message) => {
  const error = await refusal(yaml)
  expect(error.code).toBe('environment_invalid')
  expect(error.message).toContain(message)
})

test('a file that is not there is named', async () => {
  await expect(loadEnvironment(dir, { config, environment: 'local', pipeline: training })).rejects.toMatchObject({
    code: 'environment_invalid',
    message: expect.stringContaining('configs/local.yaml cannot be read'),
  })
})

test('an environment that the project does not have is refused', async () => {
  await expect(loadEnvironment(dir, { config, environment: 'production', pipeline: training })).rejects.toMatchObject({
    code: 'cli_config_invalid',
    message: 'airlock.config.ts has no environment "production". There is "local".',
  })
})

test.each([
  [['trees'], '"trees" is no parameter. Write NAME=VALUE.'],
  [['=5'], '"=5" is no parameter. Write NAME=VALUE.'],
  [['trees=1', 'trees=2'], 'Parameter "trees" is given twice.'],
])('overrides %j are refused', async (overrides, message) => {
  expect(await refusal('', overrides)).toMatchObject({ code: 'parameter_invalid', message })
})
