import { json, model, pipeline, step, table, text } from '@airlock-ml/sdk'
import {
  exportOnnx,
  featureMatrix,
  float64Column,
  RandomForest,
  StandardScaler,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'
import { z } from 'zod'

const rows = Array.from({ length: 40 }, (_, row) => row)
const loadData = step({
  name: 'load_data',
  outputs: { table: table() },
  params: z.object({ shift: z.number().default(0) }),
  run: ({ params, context }) => {
    context.log.info(`Making ${rows.length} rows`)
    context.logMetadata({ rows: rows.length })
    const values = rows.map((row) => row + params.shift)
    const labels = rows.map((row) => (row < 20 ? 'benign' : 'malignant'))
    return { table: new Table([float64Column('size', values), stringColumn('diagnosis', labels)]) }
  },
})
const trainModel = step({
  name: 'train_model',
  inputs: { train: table() },
  outputs: { model: model(), note: text(), scaler: json<{ mean: number[] }>() },
  params: z.object({ trees: z.int().default(3) }),
  run: async ({ inputs, params }) => {
    const features = featureMatrix(inputs.train, ['size'])
    const scaler = StandardScaler.fit(features)
    const labels = rows.map((row) => (row < 20 ? 0 : 1))
    const forest = RandomForest.train(scaler.transform(features), labels, { seed: 1, trees: params.trees })
    const bytes = exportOnnx({
      scaler,
      classifier: forest,
      featureNames: ['size'],
      classLabels: ['benign', 'malignant'],
    })
    return { model: bytes, note: 'trained', scaler: { mean: [19.5] } }
  },
})
const evaluateModel = step({
  name: 'evaluate_model',
  inputs: { model: model(), test: table() },
  outputs: { metrics: json(z.object({ accuracy: z.number() })) },
  run: ({ inputs }) => ({ metrics: { accuracy: inputs.model.length > 0 ? 1 : 0 } }),
})
/** Trains a small but real model: three steps, one version. */
export const training = pipeline({
  name: 'training',
  params: z.object({ trees: z.int().default(3) }),
  trains: { model: 'classifier', evaluation: { target: 'diagnosis', positive: 'malignant' } },
  build: ({ params }) => {
    const { table } = loadData()
    const { model, scaler } = trainModel({ inputs: { train: table }, params: { trees: params.trees } })
    const { metrics } = evaluateModel({ inputs: { model, test: table } })
    return { model, evaluation: table, metrics, scaler }
  },
})
