import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { json, model, step, table } from '@airlock-ml/sdk'
import {
  evaluate,
  exportOnnx,
  featureMatrix,
  flatMetrics,
  float64Column,
  labelIndexes,
  loadOnnx,
  RandomForest,
  StandardScaler,
  splitByRowHash,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'
import { z } from 'zod'

const features = ['size', 'texture']
const classLabels = ['benign', 'malignant']

/** Rows whose class follows from one feature, so that a handful of trees learns it. */
export const makeRows = step({
  name: 'make_rows',
  params: z.object({ rows: z.int().min(10) }),
  outputs: { train: table(), test: table() },
  run: ({ params, context }) => {
    const size = Array.from({ length: params.rows }, (_, row) => ((row * 37) % 100) / 10)
    const rows = new Table([
      float64Column('size', size),
      float64Column(
        'texture',
        size.map((_, row) => (row * 13) % 7),
      ),
      stringColumn(
        'diagnosis',
        size.map((value) => (value > 5 ? 'malignant' : 'benign')),
      ),
    ])
    context.log.info(`made ${rows.rowCount} rows`)
    return splitByRowHash(rows, { seed: 'minimal' })
  },
})

export const trainModel = step({
  name: 'train_model',
  params: z.object({ trees: z.int().min(1) }),
  inputs: { train: table() },
  outputs: { model: model() },
  run: ({ inputs, params }) => {
    const matrix = featureMatrix(inputs.train, features)
    const scaler = StandardScaler.fit(matrix)
    const labels = labelIndexes(inputs.train, { target: 'diagnosis', classLabels })
    const forest = RandomForest.train(scaler.transform(matrix), labels, { seed: 7, trees: params.trees })
    return { model: exportOnnx({ scaler, classifier: forest, featureNames: features, classLabels }) }
  },
})

export const evaluateModel = step({
  name: 'evaluate_model',
  inputs: { model: model(), test: table() },
  outputs: { metrics: json<Record<string, number>>() },
  run: async ({ inputs }) => {
    const loaded = await loadOnnx(inputs.model)
    const metrics = await evaluate(loaded, inputs.test, { target: 'diagnosis', positive: 'malignant' })
    await loaded.close()
    return { metrics: flatMetrics(metrics) }
  },
})

export const countRows = step({
  name: 'count_rows',
  inputs: { evaluation: table() },
  outputs: { count: json<{ rows: number }>() },
  run: ({ inputs }) => ({ count: { rows: inputs.evaluation.rowCount } }),
})

/** Fails on purpose, and prints as libraries do. */
export const fail = step({
  name: 'fail',
  run: () => {
    console.log('chatter of a library')
    throw new Error('nothing can be done')
  },
})

/** Fails until a file is there. */
export const needFile = step({
  name: 'need_file',
  inputs: { count: json<{ rows: number }>() },
  params: z.object({ path: z.string() }),
  retry: { attempts: 2, delayMs: 1 },
  run: async ({ params }) => {
    await stat(params.path)
  },
})

/** Ends only when the run is cancelled. */
export const waitForCancel = step({
  name: 'wait_for_cancel',
  run: async ({ context }) => {
    context.log.info('waiting')
    await wait(600_000, undefined, { signal: context.signal })
  },
})
