import { hash } from 'node:crypto'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { json, pipeline, planServing, servedModel, step, table } from '@airlock-ml/sdk'
import { exportOnnx, featureMatrix, float32Column, RandomForest, StandardScaler, Table } from '@airlock-ml/tabular'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LoadedVersion, loadVersion } from './loaded-version.ts'
import { type Service, startService } from './start-service.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const answerRows = step({
  name: 'answer_rows',
  inputs: { model: servedModel(), requests: table() },
  outputs: { answers: json<readonly object[]>() },
  run: async ({ inputs: { model, requests } }) => {
    const { labels, probabilities } = await model.predictTable(requests)
    return { answers: labels.map((label, row) => ({ label, yes: probabilities[row * 2 + 1] })) }
  },
})
const answering = pipeline({
  name: 'answering',
  serves: { model: 'risk', parameter: 'patient' },
  build: ({ requests, model }) => answerRows({ inputs: { requests, model: model.model } }),
})
const plan = planServing(answering, {
  ...{ params: {}, environment: 'production', project: 'p', deploymentId: 'd', log: silent },
})

/** Says yes where `a` is one, or, the other way round, where it is none. */
async function load(number: number, yes: readonly number[] = [0, 0, 1, 1]): Promise<LoadedVersion> {
  const rows = new Table([float32Column('a', [0, 0, 1, 1]), float32Column('b', [0, 1, 0, 1])])
  const features = featureMatrix(rows, ['a', 'b'])
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), yes, { seed: 1, trees: 5 })
  const onnx = exportOnnx({ scaler, classifier, featureNames: ['a', 'b'], classLabels: ['no', 'yes'] })
  const version: ServedVersion = {
    ...{ id: '01a20da1-0000-7000-8000-000000000001', model: 'risk', number, sourceWorkspace: 'dev', sourceNumber: 7 },
    ...{ digest: 'd'.repeat(64), artifacts: {} },
  }
  return await loadVersion(plan, { version, bytesOf: async () => onnx })
}

let service: Service
const keys = [{ id: 'k', name: 'app', sha256: hash('sha256', 'secret'), expiresAt: null }]
const settings = DeploymentSettings.parse({})
beforeEach(async () => {
  service = await startService({ plan, target: { name: 'risk-api', settings, keys }, observers: [], log: silent })
  await service.change({ champion: await load(3), whyNobody: null, canary: null })
})
afterEach(() => service.drain(1_000))

const authorization = 'Bearer secret'
const post = async (path: string, body: unknown, headers: Record<string, string> = { authorization }) => {
  const answer = await fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

test('one row is answered with what the pipeline says, a prediction id, and the version', async () => {
  const { status, body } = await post('/v1/predict', { row: { a: 1, b: 0 } })
  expect({ status, ...body }).toEqual({
    status: 200,
    predictionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...{ label: 'yes', yes: expect.closeTo(0.8, 5) },
    model: { name: 'risk', version: 3, sourceVersion: 7, digest: 'd'.repeat(64) },
  })
  expect((await post('/invoke', { parameters: { patient: { a: 0, b: 0 } } })).body).toMatchObject({ label: 'no' })
})

test('many rows are answered in their order', async () => {
  const { body } = await post('/v1/predict', { rows: [0, 1, 1].map((a) => ({ a, b: 0 })) })
  expect(body).toMatchObject({ predictions: [{ label: 'no' }, { label: 'yes' }, { label: 'yes' }] })
})

test('what is not a whole row is refused by name; others in the same turn are answered', async () => {
  const [bad, good] = await Promise.all([
    post('/v1/predict', { row: { a: '1', c: 2 } }),
    post('/v1/predict', { row: { a: 1, b: 1 } }),
  ])
  expect(bad).toMatchObject({
    status: 422,
    body: {
      code: 'row_invalid',
      details: {
        fields: [
          { field: 'a', problem: 'not a number' },
          { field: 'b', problem: 'missing' },
          { field: 'c', problem: 'unknown' },
        ],
      },
    },
  })
  expect(good).toMatchObject({ status: 200, body: { label: 'yes' } })
})

test('without a key of the deployment nothing is answered', async () => {
  expect(await post('/v1/predict', { row: { a: 1, b: 1 } }, {})).toMatchObject({ status: 401 })
  const wrong = { authorization: 'Bearer other' }
  expect(await post('/v1/predict', { row: { a: 1, b: 1 } }, wrong)).toMatchObject({ status: 401 })
})

test('another version takes over between two requests, and the old one answers what it has', async () => {
  const asked = Array.from({ length: 50 }, () => post('/v1/predict', { row: { a: 1, b: 1 } }))
  const changed = service.change({ champion: await load(4, [1, 1, 0, 0]), whyNobody: null, canary: null })
  const answers = await Promise.all(asked)
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  for (const { body } of answers)
    expect(body.label).toBe((body.model as { version: number }).version === 4 ? 'no' : 'yes')
  expect(await changed).toBeInstanceOf(Date)
  expect((await post('/v1/predict', { row: { a: 1, b: 1 } })).body).toMatchObject({ model: { version: 4 } })
})
