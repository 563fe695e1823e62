import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { classLabels, trained, wisconsin } from '../../test/wisconsin.ts'
import { type FeatureMatrix, toRowMajor } from '../learn/feature-matrix.ts'
import { RandomForest } from '../learn/random-forest.ts'
import { StandardScaler } from '../learn/standard-scaler.ts'
import { exportOnnx } from './export-onnx.ts'
import { loadOnnx } from './load-onnx.ts'

const extremes = Float32Array.of(0, -0, 1e-45, -1e-45, 1.1754942e-38, 1e-30, 1e30, -1e30, 3.4028235e38, -3.4028235e38)

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

/** The float that lies `steps` representable values above (or below) another. */
function neighbour(value: number, steps: number): number {
  float[0] = value
  bits[0]! += value < 0 ? -steps : steps
  return Number.isFinite(float[0]) ? float[0]! : value
}

/** Rows whose every feature lies at a threshold of the forest, a step or two beside it, or at an extreme. */
function adversarialRows(parts: { scaler: StandardScaler; forest: RandomForest; rowCount: number }): FeatureMatrix {
  const { scaler, forest, rowCount } = parts
  const random = xoroshiro128plus(20_260)
  const columns = scaler.featureNames.map((_, feature) => {
    const thresholds = forest.trees.flatMap((tree) =>
      [...tree.threshold].filter((_, node) => tree.feature[node] === feature),
    )
    const column = new Float32Array(rowCount)
    for (let row = 0; row < rowCount; row++) {
      const draw = uniformInt(random, 0, 2 ** 30)
      const threshold = thresholds[draw % Math.max(1, thresholds.length)]
      const extreme = threshold === undefined || draw % 19 === 0
      const raw = extreme ? 0 : Math.fround(threshold / scaler.scale[feature]! + scaler.mean[feature]!)
      column[row] = extreme ? extremes[draw % extremes.length]! : neighbour(raw, (draw % 5) - 2)
    }
    return column
  })
  return { names: scaler.featureNames, columns, rowCount }
}

function expectBitsEqual(actual: Float32Array, expected: Float32Array): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength)
  expect(bytes(actual).equals(bytes(expected))).toBe(true)
}

test('labels and probability bits equal the trainer on 120,000 adversarial rows', async () => {
  const { table, featureNames } = await wisconsin()
  const { scaler, forest, onnx } = trained(table, featureNames, { seed: 42 })
  const rows = adversarialRows({ scaler, forest, rowCount: 120_000 })
  const model = await loadOnnx(onnx)
  try {
    const { labels, probabilities } = await model.predict(toRowMajor(rows), rows.rowCount)
    const scaled = scaler.transform(rows)
    expectBitsEqual(probabilities, forest.predictProbabilities(scaled))
    const wrong = labels.filter((label, i) => {
      const [benign, malignant] = [probabilities[2 * i]!, probabilities[2 * i + 1]!]
      return label !== classLabels[malignant > benign ? 1 : 0]
    })
    expect(wrong).toEqual([])
    expect(new Set(labels)).toEqual(new Set(classLabels))
  } finally {
    await model.close()
  }
}, 120_000)

test('three classes and a number of trees that divides nothing are exact too, ties included', async () => {
  const names = ['x', 'y']
  const rowCount = 600
  const random = xoroshiro128plus(9)
  const features: FeatureMatrix = {
    names,
    rowCount,
    columns: names.map(() => Float32Array.from({ length: rowCount }, () => uniformInt(random, -50, 50) / 7)),
  }
  const noise = Int32Array.from({ length: rowCount }, () => uniformInt(random, 0, 2))
  const scaler = StandardScaler.fit(features)
  const forest = RandomForest.train(scaler.transform(features), noise, { seed: 4, trees: 7, maxDepth: 3 })
  const model = await loadOnnx(
    exportOnnx({ scaler, classifier: forest, featureNames: names, classLabels: ['a', 'b', 'ü'] }),
  )
  try {
    const rows = adversarialRows({ scaler, forest, rowCount: 20_000 })
    const { labels, probabilities } = await model.predict(toRowMajor(rows), rows.rowCount)
    expectBitsEqual(probabilities, forest.predictProbabilities(scaler.transform(rows)))
    expect(labels).toEqual(Array.from(forest.predict(scaler.transform(rows)), (index) => ['a', 'b', 'ü'][index]))
    expect(new Set(labels).size).toBe(3)
  } finally {
    await model.close()
  }
})

test('the same training gives the same bytes', async () => {
  const { table, featureNames } = await wisconsin()
  const [first, second, other] = [1, 1, 2].map((seed) => trained(table, featureNames, { seed, trees: 10 }).onnx)
  expect(Buffer.compare(first!, second!)).toBe(0)
  expect(Buffer.compare(first!, other!)).not.toBe(0)
})

test('scaler, forest and names that do not belong together are refused', async () => {
  const { table, featureNames } = await wisconsin()
  const { scaler, forest } = trained(table, featureNames, { seed: 1, trees: 2 })
  const swapped = [featureNames[1]!, featureNames[0]!, ...featureNames.slice(2)]
  const refused = expect.objectContaining({ code: 'onnx_mismatch' })
  expect(() => exportOnnx({ scaler, classifier: forest, featureNames: swapped, classLabels })).toThrow(refused)
  expect(() => exportOnnx({ scaler, classifier: forest, featureNames, classLabels: ['benign'] })).toThrow(refused)
  expect(() => exportOnnx({ scaler, classifier: forest, featureNames, classLabels: ['benign', 'benign'] })).toThrow(
    refused,
  )
})
