import { json, model, step, table } from '@airlock-ml/sdk'
import {
  exportOnnx,
  type FeatureMatrix,
  featureMatrix,
  GradientBoosting,
  LogisticRegression,
  labelIndexes,
  PrincipalComponents,
  RandomForest,
  StandardScaler,
  type StandardScalerJson,
} from '@airlock-ml/tabular'
import { z } from 'zod'
import { DIAGNOSES, DIAGNOSIS, FEATURES } from '../diagnosis.ts'

const settings = z.object({
  algorithm: z.enum(['forest', 'boosted', 'logistic']),
  /** Trees of the forest, or rounds of boosting. */
  trees: z.int().min(1).max(4096),
  min_samples_leaf: z.int().min(1),
  /** Whether principal components may stand for the measurements, where they save at least a quarter of them. */
  pca: z.boolean(),
  /** How much of the variance they are to keep. */
  pca_variance: z.number().gt(0).max(1),
  seed: z.int(),
})

/** Trains scaler and classifier and writes both as one ONNX graph, from raw measurements to label and probabilities. */
export const trainModel = step({
  name: 'train_model',
  inputs: { train: table() },
  outputs: { model: model(), scaler: json<StandardScalerJson>() },
  params: settings,
  run: async ({ inputs, params, context }) => {
    const features = featureMatrix(inputs.train, FEATURES)
    const labels = labelIndexes(inputs.train, { target: DIAGNOSIS, classLabels: DIAGNOSES })
    const scaler = StandardScaler.fit(features)
    const scaled = scaler.transform(features)
    const pca = params.pca ? await usefulComponents(scaled, params.pca_variance) : undefined
    const classifier = await learn(pca ? pca.transform(scaled) : scaled, labels, params)
    const parts = pca ? { scaler, pca, classifier } : { scaler, classifier }
    const onnx = exportOnnx({ ...parts, featureNames: FEATURES, classLabels: DIAGNOSES })
    const components = pca?.components.length ?? null
    context.log.info(`trained ${params.algorithm} on ${features.rowCount} rows; the graph has ${onnx.byteLength} bytes`)
    if (params.pca) context.log.info(components ? `${components} components` : 'components would save too little')
    context.logMetadata({
      rows: features.rowCount,
      algorithm: params.algorithm,
      components,
      onnx_bytes: onnx.byteLength,
    })
    return { model: onnx, scaler: scaler.toJSON() }
  },
})

async function learn(
  features: FeatureMatrix,
  labels: ReturnType<typeof labelIndexes>,
  params: z.output<typeof settings>,
) {
  const { algorithm, seed, trees, min_samples_leaf: minSamplesLeaf } = params
  if (algorithm === 'logistic') return await LogisticRegression.train(features, labels)
  if (algorithm === 'boosted') return GradientBoosting.train(features, labels, { rounds: trees, minSamplesLeaf })
  return RandomForest.train(features, labels, { seed, trees, minSamplesLeaf })
}

/** Principal components, where they stand for the features with at most three quarters as many. */
async function usefulComponents(
  scaled: FeatureMatrix,
  varianceShare: number,
): Promise<PrincipalComponents | undefined> {
  const pca = await PrincipalComponents.fit(scaled, { varianceShare })
  return pca.components.length <= 0.75 * scaled.columns.length ? pca : undefined
}
