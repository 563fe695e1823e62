import type { Table } from '@airlock-ml/tabular'
import { z } from 'zod'
import {
  Artifact,
  constant,
  externalArtifact,
  json,
  list,
  map,
  model,
  named,
  optional,
  pipeline,
  type Ref,
  step,
  table,
  text,
} from '../index.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(_: T | undefined) => {}

interface Scaler {
  mean: number[]
}
type Metrics = { accuracy: number }

const loadData = step({
  name: 'load_data',
  outputs: { table: table(), note: text() },
  params: z.object({ path: z.string() }),
  run: async ({ params }) => {
    isTrue<Same<typeof params.path, string>>(true)
    return { table: {} as Table, note: 'n' }
  },
})

const trainModel = step({
  name: 'train_model',
  inputs: { train: table() },
  outputs: { model: model(), scaler: json<Scaler>() },
  params: z.object({ trees: z.int().default(100) }),
  run: ({ inputs, params, context }) => {
    isTrue<Same<typeof inputs.train, Table>>(true)
    isTrue<Same<typeof params.trees, number>>(true)
    context.logMetadata({ rows: inputs.train.rowCount })
    // @ts-expect-error no such input
    inputs.test
    // @ts-expect-error metadata is JSON
    context.logMetadata({ when: new Date() })
    return { model: new Uint8Array(), scaler: { mean: [1] } }
  },
})

const evaluateModel = step({
  name: 'evaluate_model',
  inputs: { model: model(), test: table() },
  outputs: { metrics: json(z.object({ accuracy: z.number() })) },
  run: () => ({ metrics: { accuracy: 1 } }),
})

const useScaler = step({ name: 'use_scaler', inputs: { scaler: json<Scaler>() }, run: async () => {} })
const useText = step({ name: 'use_text', inputs: { words: json<string>() }, run: () => {} })
const noop = step({ name: 'noop', run: () => {} })

export const training = pipeline({
  name: 'training',
  params: z.object({ data: z.string(), trees: z.int().default(5) }),
  trains: { model: 'm', evaluation: { target: 'diagnosis', positive: 'malignant' } },
  build: ({ params }) => {
    isTrue<Same<typeof params, { data: string; trees: number }>>(true)
    const loaded = loadData({ params: { path: params.data } })
    isTrue<Same<typeof loaded.table, Ref<'table', Table>>>(true)
    const { model, scaler } = trainModel({ inputs: { train: loaded.table } })
    trainModel({ name: 'train_again', inputs: { train: loaded.table }, params: { trees: params.trees } })
    const { metrics } = evaluateModel({ inputs: { model, test: loaded.table } })
    isTrue<Same<typeof metrics, Ref<'json', Metrics>>>(true)
    useScaler({ inputs: { scaler } })
    noop()
    noop({ name: 'noop_again' })
    return { model, evaluation: loaded.table, metrics, scaler }
  },
})

export const wrongWiring = pipeline({
  name: 'wrong-wiring',
  build: () => {
    const loaded = loadData({ params: { path: 'p' } })
    const { model, scaler } = trainModel({ inputs: { train: loaded.table } })
    // @ts-expect-error an input is missing
    evaluateModel({ inputs: { model } })
    // @ts-expect-error all inputs are missing
    trainModel({ params: { trees: 1 } })
    // @ts-expect-error nothing is given at all
    trainModel()
    // @ts-expect-error no such input
    trainModel({ inputs: { train: loaded.table, test: loaded.table } })
    // @ts-expect-error a step without inputs
    loadData({ inputs: { table: loaded.table }, params: { path: 'p' } })
    // @ts-expect-error a table for a model
    evaluateModel({ inputs: { model: loaded.table, test: loaded.table } })
    // @ts-expect-error a Table for the ref of one
    trainModel({ inputs: { train: {} as Table } })
    // @ts-expect-error JSON of another shape
    useScaler({ inputs: { scaler: evaluateModel({ inputs: { model, test: loaded.table } }).metrics } })
    // @ts-expect-error text is not JSON, though both are strings
    useText({ inputs: { words: loaded.note } })
    // @ts-expect-error no such output
    loaded.tabel
    // @ts-expect-error a parameter is missing
    loadData()
    // @ts-expect-error a parameter of a wrong type
    loadData({ params: { path: 1 } })
    // @ts-expect-error no such parameter
    loadData({ params: { path: 'p', pth: 'q' } })
    // @ts-expect-error a step without parameters
    noop({ params: { trees: 1 } })
    // @ts-expect-error no such setting
    noop({ nam: 'x' })
    // @ts-expect-error a ref holds no value
    scaler.mean
  },
})

export const wrongDefinitions = () => {
  // @ts-expect-error an output is missing
  step({ name: 's', outputs: { a: text(), b: text() }, run: () => ({ a: 'x' }) })
  // @ts-expect-error an output of a wrong type
  step({ name: 's', outputs: { a: text() }, run: async () => ({ a: 1 }) })
  // @ts-expect-error nothing is returned
  step({ name: 's', outputs: { a: text() }, run: () => {} })
  // @ts-expect-error what is written is what is read: no transforms
  json(z.object({ n: z.coerce.number().default(1) }))
  // @ts-expect-error no such setting
  step({ name: 's', output: { a: text() }, run: () => {} })
}

const trains = { model: 'm', evaluation: { target: 't', positive: 'p' } }

// @ts-expect-error a pipeline that trains returns its model, evaluation and metrics
pipeline({ name: 'no-metrics', trains, build: () => trainModel({ inputs: loadData({ params: { path: '' } }) }) })
// @ts-expect-error nor does returning nothing do
pipeline({ name: 'nothing', trains, build: () => {} })

pipeline({
  name: 'table-for-model',
  trains,
  // @ts-expect-error a table for the model
  build: () => {
    const { table } = loadData({ params: { path: '' } })
    const { model } = trainModel({ inputs: { train: table } })
    return { model: table, evaluation: table, metrics: evaluateModel({ inputs: { model, test: table } }).metrics }
  },
})

export const scoring = pipeline({
  name: 'batch-inference',
  uses: { model: 'm', artifacts: { scaler: json<Scaler>() } },
  build: ({ model }) => {
    isTrue<Same<typeof model.model, Ref<'model', Uint8Array>>>(true)
    isTrue<Same<typeof model.scaler, Ref<'json', Scaler>>>(true)
    evaluateModel({ inputs: { model: model.model, test: model.evaluation } })
    // @ts-expect-error an artifact that was not declared
    model.weights
  },
})

export const simpleScoring = pipeline({
  name: 'simple',
  uses: { model: 'm' },
  build: ({ model }) => {
    isTrue<Same<typeof model.model, Ref<'model', Uint8Array>>>(true)
    // @ts-expect-error an artifact that was not declared
    model.scaler
  },
})

// @ts-expect-error a pipeline that uses no model has none
pipeline({ name: 'none', build: ({ model }) => void model })

const scoreFold = step({
  name: 'score_fold',
  params: z.object({ fold: z.int() }),
  outputs: { score: json<number>() },
  run: () => ({ score: 1 }),
})
const average = step({
  name: 'average',
  inputs: { scores: list(json<number>()), weights: optional(json<number[]>()) },
  outputs: { isGood: json<boolean>() },
  run: ({ inputs }) => {
    isTrue<Same<typeof inputs.scores, readonly number[]>>(true)
    isTrue<Same<typeof inputs.weights, number[] | undefined>>(true)
    return { isGood: inputs.scores.length > 0 }
  },
})
const onlyOptional = step({ name: 'only_optional', inputs: { words: optional(text()) }, run: () => {} })

export const crossValidation = pipeline({
  name: 'cross-validation',
  params: z.object({ folds: z.array(z.int()) }),
  build: ({ params }) => {
    const scores = map(params.folds, (fold) => scoreFold({ params: { fold } }).score)
    isTrue<Same<typeof scores, readonly Ref<'json', number>[]>>(true)
    const { isGood } = average({ inputs: { scores } })
    average({ name: 'weighted', inputs: { scores, weights: constant([0.5, 0.5]) }, retry: { attempts: 3 } })
    onlyOptional()
    noop({ after: [isGood, noop({ name: 'first' })], when: isGood, timeoutMs: 1_000, isolation: 'process' })
    // @ts-expect-error one output where a list is needed
    average({ inputs: { scores: scores[0]! } })
    // @ts-expect-error a list where one output is needed
    useScaler({ inputs: { scaler: scores } })
    // @ts-expect-error a list of another shape
    average({ inputs: { scores: [isGood] } })
    // @ts-expect-error a constant of another shape
    average({ inputs: { scores, weights: constant('heavy') } })
    // @ts-expect-error a condition that is no boolean
    noop({ when: scores[0]! })
    // @ts-expect-error a value is no condition: write an if
    noop({ when: true })
    // @ts-expect-error a name is not a step
    noop({ after: ['average'] })
    // @ts-expect-error how often is said by `attempts`
    noop({ retry: { times: 3 } })
    noop({ isolation: 'thread', onFailure: ({ error }) => isTrue<Same<typeof error, string | null>>(true) })
    // @ts-expect-error a hook is a function
    noop({ onSuccess: 'tell me' })
    // @ts-expect-error no such isolation
    noop({ isolation: 'fiber' })
  },
})

pipeline({
  name: 'whole-result',
  trains,
  // What a step answers with may be returned as it is.
  build: () => {
    const all = step({
      name: 'all',
      outputs: { model: model(), evaluation: table(), metrics: json<Metrics>() },
      run: () => ({ model: new Uint8Array(), evaluation: {} as Table, metrics: { accuracy: 1 } }),
    })
    return all()
  },
})

const nameOutput = step({
  name: 'name_output',
  inputs: { raw: text() },
  outputs: { scaler: named('scaler', json<Scaler>()) },
  run: async ({ context }) => {
    const found = await Artifact.load('scaler', { from: context, as: json<Scaler>(), version: 2 })
    isTrue<Same<typeof found, Scaler>>(true)
    const rows = await context.load('rows', { as: table() })
    isTrue<Same<typeof rows, Table>>(true)
    // @ts-expect-error what it becomes must be said
    await Artifact.load('scaler', { from: context })
    return { scaler: found }
  },
})

pipeline({
  name: 'external',
  build: () => {
    const { scaler } = nameOutput({ inputs: { raw: externalArtifact({ name: 'raw', digest: 'd', as: text() }) } })
    isTrue<Same<typeof scaler, Ref<'json', Scaler>>>(true)
    // @ts-expect-error a table is no text
    nameOutput({ inputs: { raw: externalArtifact({ name: 'raw', digest: 'd', as: table() }) } })
  },
})
