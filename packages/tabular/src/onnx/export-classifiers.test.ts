import { expect, test } from 'vitest'
import { gaussianRows } from '../../test/gaussian-rows.ts'
import { classLabels, labels, target, wisconsin } from '../../test/wisconsin.ts'
import { type FeatureMatrix, featureMatrix, toRowMajor } from '../learn/feature-matrix.ts'
import { GradientBoosting } from '../learn/gradient-boosting.ts'
import { LogisticRegression } from '../learn/logistic-regression.ts'
import { PrincipalComponents } from '../learn/principal-components.ts'
import { RandomForest } from '../learn/random-forest.ts'
import { StandardScaler } from '../learn/standard-scaler.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import type { ExportableClassifier } from './classifier-part.ts'
import { exportOnnx } from './export-onnx.ts'
import { loadOnnx } from './load-onnx.ts'

type Train = (features: FeatureMatrix, actual: Int32Array) => ExportableClassifier | Promise<ExportableClassifier>

const trainers: [string, Train][] = [
  ['random forest', (features, actual) => RandomForest.train(features, actual, { seed: 5 })],
  ['gradient boosting', (features, actual) => GradientBoosting.train(features, actual)],
  ['logistic regression', (features, actual) => LogisticRegression.train(features, actual)],
]

/** How many rows have another label than the trainer's, and how far apart the probabilities are at most. */
async function difference(parts: {
  rows: FeatureMatrix
  scaler: StandardScaler
  pca: PrincipalComponents | undefined
  classifier: ExportableClassifier
  names: readonly string[]
}): Promise<{ labels: number; probability: number }> {
  const { rows, scaler, pca, classifier, names } = parts
  const model = await loadOnnx(
    exportOnnx({ scaler, ...(pca && { pca }), classifier, featureNames: rows.names, classLabels: names }),
  )
  try {
    const answer = await model.predict(toRowMajor(rows), rows.rowCount)
    const scaled = scaler.transform(rows)
    const seen = pca ? pca.transform(scaled) : scaled
    const expected = classifier.predictProbabilities(seen)
    const predicted = classifier.predict(seen)
    expect(new Set(answer.labels).size).toBe(names.length)
    return {
      labels: answer.labels.filter((label, row) => label !== names[predicted[row]!]).length,
      probability: expected.reduce((most, p, i) => Math.max(most, Math.abs(p - answer.probabilities[i]!)), 0),
    }
  } finally {
    await model.close()
  }
}

for (const [name, train] of trainers) {
  for (const withPca of [false, true]) {
    const what = `${name}${withPca ? ' on principal components' : ''}`
    test(`the graph of a ${what} gives the trainer's labels, and probabilities within 1e-5`, async () => {
      const { table, featureNames } = await wisconsin()
      const features = featureMatrix(table, featureNames)
      const scaler = StandardScaler.fit(features)
      const scaled = scaler.transform(features)
      const pca = withPca ? await PrincipalComponents.fit(scaled) : undefined
      const actual = labelIndexes(table, { target, classLabels, labels })
      const classifier = await train(pca ? pca.transform(scaled) : scaled, actual)
      const parts = { scaler, pca, classifier, names: classLabels }
      for (const rows of [features, gaussianRows(features, { count: 20_000, seed: 11 })]) {
        const found = await difference({ ...parts, rows })
        expect(found.labels).toBe(0)
        expect(found.probability).toBeLessThan(withPca || name !== 'random forest' ? 1e-5 : Number.MIN_VALUE)
      }
    })
  }
}

test('three classes come out the same, of boosted trees and of a logistic regression on principal components', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames.slice(0, 5))
  const scaler = StandardScaler.fit(features)
  const scaled = scaler.transform(features)
  const pca = await PrincipalComponents.fit(scaled, { components: 2 })
  const actual = Int32Array.from(scaled.columns[0]!, (value) => (value < -0.5 ? 0 : value < 0.5 ? 1 : 2))
  const parts = { scaler, names: ['low', 'middle', 'high'] }
  const regression = { ...parts, pca, classifier: await LogisticRegression.train(pca.transform(scaled), actual) }
  const boosted = { ...parts, pca: undefined, classifier: GradientBoosting.train(scaled, actual) }
  const boostedOnPca = { ...parts, pca, classifier: GradientBoosting.train(pca.transform(scaled), actual) }
  for (const trained of [regression, boosted, boostedOnPca]) {
    for (const rows of [features, gaussianRows(features, { count: 20_000, seed: 13 })]) {
      const found = await difference({ ...trained, rows })
      expect(found.labels).toBe(0)
      expect(found.probability).toBeLessThan(1e-5)
    }
  }
})

test('the same training gives the same bytes, and parts that do not belong together are refused', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames.slice(0, 4))
  const scaler = StandardScaler.fit(features)
  const actual = labelIndexes(table, { target, classLabels, labels })
  const pca = await PrincipalComponents.fit(scaler.transform(features), { components: 2 })
  const classifier = GradientBoosting.train(pca.transform(scaler.transform(features)), actual, { rounds: 5 })
  const parts = { scaler, pca, classifier, featureNames: features.names, classLabels }
  expect(Buffer.compare(exportOnnx(parts), exportOnnx(parts))).toBe(0)
  const refused = expect.objectContaining({ code: 'onnx_mismatch' })
  const { pca: _, ...withoutPca } = parts
  expect(() => exportOnnx(withoutPca)).toThrow(refused)
  const onOthers = await PrincipalComponents.fit(featureMatrix(table, ['mean_area', 'mean_radius']), { components: 2 })
  expect(() => exportOnnx({ ...parts, pca: onOthers })).toThrow(refused)
})

test('a row so far away that no number comes out is refused, not given a label', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames)
  const scaler = StandardScaler.fit(features)
  const actual = labelIndexes(table, { target, classLabels, labels })
  const classifier = await LogisticRegression.train(scaler.transform(features), actual)
  const model = await loadOnnx(exportOnnx({ scaler, classifier, featureNames, classLabels }))
  try {
    const refused = expect.objectContaining({ code: 'onnx_runtime' })
    await expect(model.predict(new Float32Array(featureNames.length).fill(3e38), 1)).rejects.toThrow(refused)
  } finally {
    await model.close()
  }
})
