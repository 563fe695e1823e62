import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabelImport, Prediction, PredictionPart, PredictionTrace, RecallResult } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const name = 'cancer-api'
const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=3')
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', '1')
  await jsonOf(
    airlock,
    ...['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging'],
    ...['--name', name, '--set', 'log.partSeconds=0.2', '--set', 'log.durable=true'],
  )
})
afterAll(() => airlock('deployment', 'stop', name))

const show = (id: string) => jsonOf<Prediction>(airlock, 'prediction', 'show', id)
const arrived = (id: string) =>
  until(
    async () => (await airlock('prediction', 'show', id, '--json')).code,
    (code) => code === 0,
  )

type Answer = { predictionId: string; label: string; version: number }

async function predict(request: object): Promise<Answer> {
  const service = serviceIn(project.dir, name)
  const { url } = await service.supervisor()
  const response = await fetch(`${url}/v1/predict`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${(await service.kept()).invokeKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(request),
  })
  const { model: by, ...answer } = (await response.json()) as Answer & { model: { version: number } }
  return { ...answer, version: by.version }
}

/** The id of an answer. */
const invoke = async (subject?: string): Promise<string> =>
  (await predict({ row: { size: 9, texture: 1 }, key: 'k', ...(subject !== undefined && { subject }) })).predictionId

test('an answer of a service leads back to its training, is labelled, and erased', async () => {
  const [id, about] = [await invoke(), await invoke('patient-1234')]
  await arrived(about)
  const { url } = await serviceIn(project.dir, name).supervisor()
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/airlock_log_predictions_total\{.+\} 2\n[\s\S]+airlock_log_lost_total\{.+\} 0\n/)
  expect(await show(id)).toMatchObject({
    ...{ state: 'recorded', key: 'k', inputs: { size: 9, texture: 1 }, label: 'malignant', role: 'champion' },
    ...{ deployment: { name }, version: { model, number: 1 } },
  })
  const { trace, prediction } = await jsonOf<PredictionTrace>(airlock, 'trace', id)
  expect(prediction).toMatchObject({ id, deployment: { name } })
  expect(trace).toMatchObject({ version: { number: 1, stage: 'staging' }, training: { pipeline: 'training' } })
  expect((await airlock('trace', id)).stdout).toMatch(/^prediction .+\n {2}answered by cancer-api at/)

  const file = join(project.dir, 'outcomes.csv')
  await writeFile(file, `prediction_id,label\n${id},benign\n${about},malignant\n`)
  const imported = await jsonOf<LabelImport>(airlock, 'label', 'import', name, 'outcomes.csv')
  const none = { noClass: [], unknown: [], conflicting: [], erased: [] }
  expect(imported).toEqual({ imported: 2, unchanged: 0, replaced: 0, ...none })
  await writeFile(file, `prediction_id,label\n${id},malignant\nnobody,benign\n`)
  const refused = await airlock('label', 'import', name, 'outcomes.csv')
  expect([refused.code, refused.stdout]).toEqual([
    1,
    expect.stringMatching(/nobody +unknown\n.+malignant, and has benign/),
  ])
  expect((await airlock('prediction', 'show', id)).stdout).toMatch(/truth +benign, by/)

  const erase = ['prediction', 'erase-subject', 'patient-1234', '--reason', 'Request of 3 May']
  expect(await jsonOf(airlock, ...erase)).toMatchObject({ deployments: [name], parts: 1, labels: 1 })
  const erased = await airlock('prediction', 'show', about)
  expect(erased.stdout).toContain('erased: the key of its subject was destroyed')
  expect(erased.stdout).not.toContain('malignant')
  await writeFile(file, `prediction_id,label\n${id},benign\n${about},malignant\n`)
  const again = await jsonOf<LabelImport>(airlock, 'label', 'import', name, 'outcomes.csv')
  expect(again).toEqual({ imported: 0, unchanged: 1, replaced: 0, ...none, erased: [about] })
  expect((await airlock('trace', about)).stdout).toContain('training run')
  expect((await airlock('prediction', 'parts', name)).stdout).toMatch(/ROWS/)
})

test('a recall would say how many answers rest on the version, of which deployment, and since when', async () => {
  const recall = ['recall', '--model', model, '--model-version', '1', '--reason', 'Labels were swapped', '--dry-run']
  const { reach } = await jsonOf<RecallResult>(airlock, ...recall)
  expect(reach.deployments).toMatchObject([{ name, number: 1, answersNow: true, predictions: 2, unheard: 0 }])
  const { stdout } = await airlock(...recall)
  expect(stdout).toContain('2 predictions by 1 deployments rest on them')
  expect(stdout).toMatch(/cancer-api +breast_cancer_classifier 1 +2 +\d{4}-\S+ +answers now/)
})

test('killed under load, every prediction that was answered is in the log, once', async () => {
  const service = serviceIn(project.dir, name)
  const { pids } = await service.supervisor()
  const answered: string[] = []
  let isKilled = false
  const ask = async () => {
    while (!isKilled) {
      const id = await invoke().catch(() => undefined)
      if (id !== undefined) answered.push(id)
    }
  }
  const asking = Array.from({ length: 8 }, ask)
  await until(
    async () => answered.length,
    (count) => count > 300,
  )
  process.kill(pids[0]!, 'SIGKILL')
  isKilled = true
  await Promise.all(asking)
  await writeFile(
    join(project.dir, 'all.csv'),
    ['prediction_id,label', ...answered.map((id) => `${id},benign`)].join('\n'),
  )
  const imported = async () =>
    JSON.parse((await airlock('label', 'import', name, 'all.csv', '--json')).stdout) as LabelImport
  await until(imported, ({ unchanged }) => unchanged === answered.length)
  expect(new Set(answered).size).toBe(answered.length)
  const { items } = await jsonOf<{ items: PredictionPart[] }>(airlock, 'prediction', 'parts', name, '--limit', '200')
  // Beside them are the two of before, and at most one for each of the eight that had no answer yet.
  const rows = items.reduce((sum, part) => sum + part.rows, 0)
  expect(rows).toBeGreaterThanOrEqual(answered.length + 2)
  expect(rows).toBeLessThanOrEqual(answered.length + 2 + 8)
}, 60_000)

test('what newly holds the stage is judged while it is rolled out, by what was registered before', async () => {
  const folder = join(project.dir, 'governance/comparisons')
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(folder, 'quality.ts'),
    `import { defineComparison } from '@airlock-ml/sdk'
export default defineComparison({ name: 'quality', model: '${model}', positive: 'malignant', margins: { accuracy: 0.9 },
  minimumSample: { rows: 5, ofEachClass: 1 } })`,
  )
  await jsonOf(airlock, 'comparison', 'apply', 'quality')
  const ladder = ['--rollout', '50', '--step', '100:60', '--comparison', 'quality']
  await jsonOf(airlock, 'deployment', 'update', name, ...ladder)
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=5')
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', '2')
  const answered: Answer[] = []
  const askedBoth = async () => {
    answered.push(
      await predict({ row: { size: answered.length % 2 === 0 ? 9 : 1, texture: 1 }, key: `${answered.length}` }),
    )
    return [1, 2].every((version) => answered.filter((each) => each.version === version).length >= 12)
  }
  await until(askedBoth, Boolean)
  await writeFile(
    join(project.dir, 'truths.csv'),
    ['prediction_id,label', ...answered.map(({ predictionId, label }) => `${predictionId},${label}`)].join('\n'),
  )
  await until(
    async () => (await airlock('label', 'import', name, 'truths.csv')).code,
    (code) => code === 0,
  )
  const { stdout } = await airlock('deployment', 'compare', name)
  expect(stdout).toContain(`${model} 2 beside 1 at cancer-api`)
  expect(stdout).toMatch(/definition +quality 1, registered beforehand/)
  expect(stdout).toMatch(/verdict +(not worse|not enough data)/)
}, 60_000)
