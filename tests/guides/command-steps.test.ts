import { execFileSync } from 'node:child_process'
import type { Pipeline } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from '../sdk/embedded-workspace.ts'
import { openPageProject, type PageProject } from './page-project.ts'

let workspace: EmbeddedWorkspace
let page: PageProject
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
  page = await openPageProject('command-steps.md')
})
afterAll(async () => {
  await workspace.close()
  await page.remove()
})

const run = async (name: string) =>
  await workspace.run((await page.load<{ default: Pipeline }>(`src/pipelines/${name}.ts`)).default)

const contentOf = async (sha256 = '') => await new Response(await workspace.client.getBlob({ project, sha256 })).text()

test('the shell script of docs/command-steps.md counts words, and its digest is in the snapshot', async () => {
  const { run: done } = await run('word-count')
  expect(done.error).toBeNull()
  const step = done.steps[1]
  expect(step).toMatchObject({
    name: 'count_words',
    status: 'completed',
    metadata: { words: 7, random_seed: expect.any(Number) },
  })
  expect(await contentOf(step?.outputs.counts?.digest)).toBe('{"words":7}')
  const { items: logs } = await workspace.client.listLogs({ project, runId: done.id, step: 'count_words' })
  expect(logs.map(({ level, message }) => [level, message])).toEqual([['info', 'counting in 30 bytes']])
  const { spec } = await workspace.client.showSnapshot({ project, snapshotId: done.snapshotId ?? '' })
  expect(spec.steps[1]?.command).toEqual({
    argv: ['sh', 'src/steps/count-words.sh'],
    env: ['PATH'],
    files: { 'src/steps/count-words.sh': expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test('the isolated step of docs/command-steps.md squares', async () => {
  const { run: done } = await run('squares')
  expect(done.error).toBeNull()
  expect(await contentOf(done.steps[0]?.outputs.squared?.digest)).toBe('144')
})

/** Why Python cannot run the example; null when it can. */
function whyNoPython(): string | null {
  const modules = 'import sklearn, onnx, pandas, pyarrow'
  try {
    execFileSync('python3', ['-c', modules], { stdio: ['ignore', 'ignore', 'pipe'] })
    return null
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error)
    return said.trim().split('\n').at(-1) ?? 'it does not start'
  }
}

test('the scikit-learn step of docs/command-steps.md trains a model that is registered', async ({ skip }) => {
  const why = whyNoPython()
  skip(why !== null, `Skipped: python3 has not what the example needs: ${why}`)
  const { run: done, version } = await run('sklearn-training')
  expect(done.error).toBeNull()
  expect(version).toMatchObject({ model: 'sklearn_classifier', number: 1 })
  const stored = await workspace.client.showModelVersion({ project, model: 'sklearn_classifier', number: 1 })
  expect(stored.metrics.accuracy).toBeGreaterThan(0.9)
  expect(done.steps.find(({ name }) => name === 'train_model')?.metadata).toMatchObject({ features: 1 })
}, 180_000)
