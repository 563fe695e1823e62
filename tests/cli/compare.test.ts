import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run as PipelineRun, RegisteredComparison } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf, type Run, temporaryFolder } from './airlock.ts'
import { model } from './project.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let airlock: Run
beforeAll(async () => {
  folder = await temporaryFolder()
  await airlockIn(folder.dir)('init', 'screening', '--admin', 'ada')
  airlock = airlockIn(join(folder.dir, 'screening'))
  for (const trees of ['15', '20']) await jsonOf<PipelineRun>(airlock, 'run', 'training', '--param', `trees=${trees}`)
}, 120_000)
afterAll(() => folder.remove())

const compare = (...args: string[]) => airlock('model', 'compare', model, ...args)

test('two versions are compared on the rows held out from both, and the table says how sure it is', async () => {
  const { code, stdout } = await compare('--champion', '1')
  expect(code).toBe(0)
  for (const shown of [
    'live-quality: accuracy',
    'as version 1',
    'recall of large-masses',
    'verdict',
    '129 held out from both',
    'McNemar',
    'kappa',
    'roc_auc',
    'P (HOLM)',
    'ispute',
  ])
    expect(stdout).toContain(shown)
})

test('the document holds versions, verdict and settings, and fewer rows than asked for say nothing', async () => {
  const source = `import { defineComparison } from '@airlock-ml/sdk'
export default defineComparison({ name: 'strict', model: '${model}', positive: 'malignant', margins: { accuracy: 0.01 },
  minimumSample: { rows: 200 } })`
  await writeFile(join(folder.dir, 'screening/governance/comparisons/strict.ts'), source)
  const declared = await jsonOf<{ items: { name: string }[] }>(airlock, 'comparison', 'list', '--declared')
  expect(declared.items.map(({ name }) => name)).toEqual(['live-quality', 'strict'])
  const either = await compare('--champion', '1')
  expect([either.code, either.stderr]).toEqual([2, expect.stringContaining('live-quality and strict are declared')])
  const found = await jsonOf(airlock, 'model', 'compare', model, '--champion', '1', '--comparison', 'strict')
  await rm(join(folder.dir, 'screening/governance/comparisons/strict.ts'))
  expect(found).toMatchObject({
    champion: { number: 1 },
    challenger: { number: 2 },
    verdict: 'not enough data',
    definition: { name: 'strict' },
    registered: null,
    minRows: 200,
    rows: 129,
  })
})

test('init registers what is declared; what is applied anew is the next version, and the one before stays', async () => {
  const file = join(folder.dir, 'screening/governance/comparisons/live-quality.ts')
  const source = await readFile(file, 'utf8')
  const production = ['--workspace', 'enterprise-production']
  const list = async (...args: string[]) =>
    (await jsonOf<{ items: RegisteredComparison[] }>(airlock, 'comparison', 'list', ...args)).items
  expect((await list(...production)).map(({ name, version }) => [name, version])).toEqual([['live-quality', 1]])
  expect((await airlock('comparison', 'apply')).stdout).toContain('live-quality version 1 judges versions of')
  await writeFile(file, source.replace('accuracy: 0.05', 'accuracy: 0.02'))
  expect((await airlock('comparison', 'apply', 'live-quality')).stdout).toContain('live-quality version 2')
  await writeFile(file, source)
  expect((await airlock('comparison', 'show', 'live-quality')).stdout).toContain('accuracy may lose 0.02')
  const first = await airlock('comparison', 'show', 'live-quality', '--version', '1')
  expect(first.stdout).toContain('accuracy may lose 0.05')
  expect((await list()).map(({ version, appliedBy }) => [version, appliedBy])).toEqual([
    [2, 'ada'],
    [1, 'ada'],
  ])
  const none = await airlock('comparison', 'show', 'lax')
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('airlock comparison apply')])
})

test.each([
  [[], 1, 'There is no champion'],
  [['--champion', '2'], 1, 'a version says nothing of itself'],
  [['--champion', '9'], 1, 'No such model version'],
  [['--champion', '1', '--comparison', 'live-qualty'], 1, 'Did you mean "live-quality"?'],
])('airlock model compare %j is refused in words', async (args, code, message) => {
  const refused = await compare(...args)
  expect(refused.code).toBe(code)
  expect(refused.stderr).toContain(message)
})

test('a hold-out of another seed is refused, for the champion has learnt from some of its rows', async () => {
  await jsonOf<PipelineRun>(airlock, 'run', 'training', '--param', 'trees=3', '--param', 'holdout_seed=another')
  const { code, stderr } = await compare('--champion', '1', '--challenger', '3')
  expect(code).toBe(1)
  expect(stderr).toMatch(/The champion was trained on \d+ of the \d+ rows/)
})

test('the pipeline compares the version named with the champion named, and records both', async () => {
  const { stdout: document, stderr } = await airlock(
    ...['run', 'champion-challenger', '--champion', '1', '--model-version', '2', '--json'],
  )
  expect(stderr).toMatch(/judged by live-quality 1, of which 2 is the newest, registered beforehand/)
  expect(JSON.parse(document) as PipelineRun).toMatchObject({
    status: 'completed',
    model: { action: 'compares', number: 2, champion: { number: 1 } },
    steps: [{ name: 'compare_versions', metadata: { rows: 129 } }],
  })
  const { stdout } = await airlock('model', 'comparisons', model)
  expect(stdout).toContain('live-quality 1, of which 2 is the newest, registered beforehand')
  expect((await airlock('run', 'champion-challenger')).stderr).toContain('There is no champion')
  expect((await airlock('run', 'training', '--champion', '1')).code).toBe(2)
})
