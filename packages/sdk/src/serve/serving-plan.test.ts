import {
  exportOnnx,
  featureMatrix,
  float32Column,
  loadOnnx,
  type OnnxModel,
  RandomForest,
  StandardScaler,
  Table,
} from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { json, servedModel, table } from '../define/artifact.ts'
import { constant } from '../define/constant.ts'
import { pipeline } from '../define/pipeline.ts'
import { step } from '../define/step.ts'
import { planServing, type ServingVersion } from './serving-plan.ts'

let model: OnnxModel
beforeAll(async () => {
  const rows = new Table([float32Column('a', [0, 0, 1, 1]), float32Column('b', [0, 1, 0, 1])])
  const features = featureMatrix(rows, ['a', 'b'])
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), [0, 0, 1, 1], { seed: 1, trees: 5 })
  model = await loadOnnx(exportOnnx({ scaler, classifier, featureNames: ['a', 'b'], classLabels: ['no', 'yes'] }))
})
afterAll(() => model.close())

const predict = step({
  name: 'predict',
  inputs: { model: servedModel(), requests: table() },
  outputs: { labels: json<string[]>() },
  run: async ({ inputs }) => ({ labels: (await inputs.model.predictTable(inputs.requests)).labels }),
})
const postprocess = step({
  name: 'postprocess',
  inputs: { labels: json<string[]>(), words: json<Record<string, string>>() },
  outputs: { answers: json<readonly object[]>() },
  params: z.object({ mark: z.string() }),
  run: ({ inputs, params, context }) => ({
    answers: inputs.labels.map((label) => ({
      said: `${inputs.words[label]}${params.mark}`,
      by: context.run.model?.number,
      for: context.run.pipeline,
    })),
  }),
})
const answering = pipeline({
  name: 'answering',
  params: z.object({ mark: z.string().default('.') }),
  serves: { model: 'risk' },
  build: ({ params, requests, model }) => {
    const { labels } = predict({ inputs: { model: model.model, requests } })
    const words = constant<Record<string, string>>({ no: 'never', yes: 'always' })
    return postprocess({ inputs: { labels, words }, params: { mark: params.mark } })
  },
})
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const options = {
  ...{ params: {}, environment: 'production' as const, project: 'p', deploymentId: 'd', log: silent },
}
const version = (number: number): ServingVersion => ({ number, digest: 'd'.repeat(64), artifacts: {} })
const rows = new Table([float32Column('a', [1, 0]), float32Column('b', [1, 1])])

test('all rows are answered at once, in their order, by the version that is given', async () => {
  const plan = planServing(answering, { ...options, params: { mark: '!' } })
  expect(plan).toMatchObject({ pipeline: 'answering', model: 'risk', roles: [], answerSchema: null })
  expect(await plan.answer(rows, model, version(3))).toEqual([
    { said: 'always!', by: 3, for: 'answering' },
    { said: 'never!', by: 3, for: 'answering' },
  ])
  expect(await plan.answer(rows, model, version(4))).toMatchObject([{ by: 4 }, { by: 4 }])
})

test('answers that have a schema show it, of one row', () => {
  const said = step({
    name: 'said',
    inputs: { requests: table() },
    outputs: { answers: json(z.array(z.object({ label: z.enum(['no', 'yes']) }))) },
    run: () => ({ answers: [] }),
  })
  const served = pipeline({
    name: 'said',
    serves: { model: 'risk' },
    build: ({ requests }) => said({ inputs: { requests } }),
  })
  expect(planServing(served, options).answerSchema).toEqual({
    ...{ type: 'object', required: ['label'], additionalProperties: false },
    properties: { label: { type: 'string', enum: ['no', 'yes'] } },
  })
})

test('a pipeline that is not served, and parameters that do not fit, are refused', () => {
  const trained = pipeline({ name: 'other', build: () => undefined })
  expect(() => planServing(trained, options)).toThrow('does not say what it serves')
  expect(() => planServing(answering, { ...options, params: { mark: 1 } })).toThrow('mark')
})

test('a step that does not answer each row says so, and one that throws is heard', async () => {
  const served = (run: () => { answers: readonly object[] }) =>
    planServing(
      pipeline({
        name: 'odd',
        serves: { model: 'risk' },
        build: ({ requests }) =>
          step({ name: 'odd', inputs: { requests: table() }, outputs: { answers: json<readonly object[]>() }, run })({
            inputs: { requests },
          }),
      }),
      options,
    )
  await expect(served(() => ({ answers: [{}] })).answer(rows, model, version(1))).rejects.toThrow('for each of 2 rows')
  await expect(served(() => ({}) as never).answer(rows, model, version(1))).rejects.toThrow('did not return "answers"')
  const failing = served(() => {
    throw new Error('no')
  })
  await expect(failing.answer(rows, model, version(1))).rejects.toThrow('no')
})

test('a step that is isolated has no place in it', () => {
  const slow = step({
    name: 'slow',
    outputs: { answers: json<readonly object[]>() },
    isolation: 'process',
    run: () => ({ answers: [] }),
  })
  const served = pipeline({ name: 'slow', serves: { model: 'risk' }, build: () => slow() })
  expect(() => planServing(served, options)).toThrow('Step "slow" is isolated')
})
