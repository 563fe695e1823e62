import { json, model, step, table } from '@airlock-ml/sdk'
import {
  exportOnnx,
  featureMatrix,
  labelIndexes,
  RandomForest,
  StandardScaler,
  type StandardScalerJson,
} from '@airlock-ml/tabular'
import { z } from 'zod'
import { DIAGNOSES, DIAGNOSIS, FEATURES } from '../diagnosis.ts'

/** Trains scaler and forest and writes both as one ONNX graph, from raw measurements to label and probabilities. */
export const trainModel = step({
  name: 'train_model',
  inputs: { train: table() },
  outputs: { model: model(), scaler: json<StandardScalerJson>() },
  params: z.object({
    trees: z.int().min(1).max(4096),
    min_samples_leaf: z.int().min(1),
    seed: z.int(),
  }),
  run: ({ inputs, params, context }) => {
    const features = featureMatrix(inputs.train, FEATURES)
    const labels = labelIndexes(inputs.train, { target: DIAGNOSIS, classLabels: DIAGNOSES })
    const scaler = StandardScaler.fit(features)
    const forest = RandomForest.train(scaler.transform(features), labels, {
      seed: params.seed,
      trees: params.trees,
      minSamplesLeaf: params.min_samples_leaf,
    })
    const onnx = exportOnnx({ scaler, classifier: forest, featureNames: FEATURES, classLabels: DIAGNOSES })
    context.log.info(`grew ${params.trees} trees on ${features.rowCount} rows; the graph has ${onnx.byteLength} bytes`)
    context.logMetadata({ rows: features.rowCount, trees: params.trees, onnx_bytes: onnx.byteLength })
    return { model: onnx, scaler: scaler.toJSON() }
  },
})
