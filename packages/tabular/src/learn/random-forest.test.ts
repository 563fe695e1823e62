import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { classLabels, labels, stratifiedSplit, target, trained, wisconsin } from '../../test/wisconsin.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { type FeatureMatrix, featureMatrix } from './feature-matrix.ts'
import { RandomForest } from './random-forest.ts'
import { partsOf } from './tree.ts'

function matrixOf(...columns: number[][]): FeatureMatrix {
  const names = columns.map((_, i) => `x${i}`)
  return { names, columns: columns.map((column) => Float32Array.from(column)), rowCount: columns[0]!.length }
}

function randomPoints(count: number, seed: number): number[][] {
  const random = xoroshiro128plus(seed)
  random.jump()
  return [0, 1, 2].map(() => Array.from({ length: count }, () => uniformFloat64(random) * 2 - 1))
}

test('the mean accuracy over five stratified splits of the reference data set is at least 0.96', async () => {
  const { table, featureNames } = await wisconsin()
  const accuracies = [0, 1, 2, 3, 4].map((seed) => {
    const { train, test } = stratifiedSplit(table, seed)
    const { scaler, forest } = trained(train, featureNames, { seed: 42 })
    const predicted = forest.predict(scaler.transform(featureMatrix(test, featureNames)))
    const actual = labelIndexes(test, { target, classLabels, labels })
    return predicted.filter((label, row) => label === actual[row]).length / test.rowCount
  })
  expect(accuracies.reduce((sum, accuracy) => sum + accuracy / 5, 0)).toBeGreaterThanOrEqual(0.96)
})

test('three classes that no single feature tells apart are learnt', () => {
  const classOf = ([x, y]: number[]) => (x! * y! > 0 ? (x! > 0 ? 2 : 1) : 0)
  const columns = randomPoints(1_500, 1)
  const actual = columns[0]!.map((x, i) => classOf([x, columns[1]![i]!]))
  const forest = RandomForest.train(matrixOf(...columns), actual, { seed: 3, trees: 40 })
  expect(forest.classCount).toBe(3)
  const fresh = randomPoints(1_000, 2)
  const predicted = forest.predict(matrixOf(...fresh))
  const right = predicted.filter((label, i) => label === classOf([fresh[0]![i]!, fresh[1]![i]!])).length
  expect(right / 1_000).toBeGreaterThan(0.95)
})

test('one seed gives one forest, another seed another, and more trees keep the first ones', () => {
  const features = matrixOf(...randomPoints(300, 5))
  const actual = Array.from(features.columns[0]!, (x, i) => (x + features.columns[1]![i]! > 0 ? 1 : 0))
  const grow = (seed: number, trees: number) => RandomForest.train(features, actual, { seed, trees }).trees
  expect(grow(1, 5)).toEqual(grow(1, 5))
  expect(grow(1, 5)).not.toEqual(grow(2, 5))
  expect(grow(1, 9).slice(0, 5)).toEqual(grow(1, 5))
})

test('probabilities of a row are 4096ths that add up to the number of trees before the one division', () => {
  const features = matrixOf(...randomPoints(200, 6))
  const actual = Array.from(features.columns[0]!, (_, i) => i % 3)
  const forest = RandomForest.train(features, actual, { seed: 1, trees: 16, minSamplesLeaf: 7 })
  const probabilities = forest.predictProbabilities(features)
  for (let row = 0; row < 200; row++) {
    const parts = [...probabilities.subarray(row * 3, row * 3 + 3)].map((p) => p * 16 * 4096)
    expect(parts.every(Number.isInteger)).toBe(true)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(16 * 4096)
  }
})

test('class counts round to 4096ths that add up, largest remainder first', () => {
  expect(partsOf([1, 1, 1])).toEqual([1366, 1365, 1365])
  expect(partsOf([0, 5])).toEqual([0, 4096])
  expect(partsOf([1, 2, 4])).toEqual([585, 1170, 2341])
})

test('depth and leaf size are kept to', () => {
  const features = matrixOf(...randomPoints(300, 8))
  const actual = Array.from(features.columns[0]!, (_, i) => i % 2)
  const stumps = RandomForest.train(features, actual, { seed: 1, trees: 10, maxDepth: 1 })
  for (const tree of stumps.trees) expect(tree.feature.length).toBeLessThanOrEqual(3)
  const half = RandomForest.train(features, actual, { seed: 1, trees: 10, minSamplesLeaf: 151 })
  for (const tree of half.trees) expect(tree.feature.length).toBe(1)
})

test('features that never vary give leaves with the shares of the classes', () => {
  const forest = RandomForest.train(matrixOf([1, 1, 1, 1]), [0, 1, 1, 1], { seed: 1, trees: 200 })
  const [malignant] = forest.predictProbabilities(matrixOf([5]))
  expect(malignant).toBeCloseTo(0.25, 1)
})

test('values that are neighbours as floats are still told apart', () => {
  const low = Math.fround(0.1)
  const high = new Float32Array(new Uint32Array([new Uint32Array(Float32Array.of(low).buffer)[0]! + 1]).buffer)[0]!
  const features = matrixOf(Array.from({ length: 40 }, (_, i) => (i < 20 ? low : high)))
  const actual = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1))
  const forest = RandomForest.train(features, actual, { seed: 1, trees: 30 })
  expect([...forest.predict(features)]).toEqual(actual)
})

test('settings out of range and data to learn nothing from are refused', () => {
  const features = matrixOf([1, 2, 3, 4])
  const train =
    (options: object, actual = [0, 1, 0, 1]) =>
    () =>
      RandomForest.train(features, actual, { seed: 1, trees: 2, ...options })
  const wrong = [
    { trees: 0 },
    { trees: 4097 },
    { bins: 1 },
    { bins: 257 },
    { maxDepth: 0 },
    { minSamplesLeaf: 0.5 },
    { maxFeatures: 2 },
    { seed: 0.5 },
  ]
  for (const options of wrong) expect(train(options)).toThrow(Object.keys(options)[0])
  expect(train({}, [0, 1])).toThrow('2 labels for 4 rows')
  expect(train({}, [1, 1, 1, 1])).toThrow('at least two classes')
  expect(train({}, [0, -1, 0, 0])).toThrow('whole number')
  expect(() => train({})().predict(matrixOf([1], [2]))).toThrow('trained on 1 features, not 2')
})
