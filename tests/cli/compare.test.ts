import { join } from 'node:path'
import type { Run as PipelineRun } from '@airlock-ml/contract'
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
  for (const shown of ['verdict', '129 held out from both', 'McNemar', 'kappa', 'roc_auc', 'P (HOLM)', 'ispute'])
    expect(stdout).toContain(shown)
})

test('the document holds versions, verdict and settings, and fewer rows than asked for say nothing', async () => {
  const found = await jsonOf(airlock, 'model', 'compare', model, '--champion', '1', '--min-rows', '200')
  expect(found).toMatchObject({
    champion: { number: 1 },
    challenger: { number: 2 },
    verdict: 'not enough data',
    minRows: 200,
    rows: 129,
  })
})

test.each([
  [[], 1, 'There is no champion'],
  [['--champion', '2'], 1, 'a version says nothing of itself'],
  [['--champion', '9'], 1, 'No such model version'],
  [['--champion', '1', '--margin', 'much'], 2, '--margin is much'],
  [['--champion', '1', '--judged-by', 'f1'], 2, 'f1'],
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
  const run = await jsonOf<PipelineRun>(
    airlock,
    'run',
    'champion-challenger',
    '--champion',
    '1',
    '--model-version',
    '2',
  )
  expect(run).toMatchObject({
    status: 'completed',
    model: { action: 'compares', number: 2, champion: { number: 1 } },
    steps: [{ name: 'compare_versions', metadata: { rows: 129 } }],
  })
  expect((await airlock('run', 'champion-challenger')).stderr).toContain('There is no champion')
  expect((await airlock('run', 'training', '--champion', '1')).code).toBe(2)
})
