import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { classLabels, labels, stratifiedSplit, target, wisconsin } from '../../test/wisconsin.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { type FeatureMatrix, featureMatrix } from './feature-matrix.ts'
import { GradientBoosting } from './gradient-boosting.ts'

function matrixOf(...columns: number[][]): FeatureMatrix {
  const names = columns.map((_, i) => `x${i}`)
  return { names, columns: columns.map((column) => Float32Array.from(column)), rowCount: columns[0]!.length }
}

test('one stump is the one worked out by hand', () => {
  // Base log(2/2) = 0, gradients 0.5 or -0.5, curvatures 0.25. Between 2 and 3: G = 1, H = 0.5, l2 = 0.5: leaves -1 and 1.
  const boosted = GradientBoosting.train(matrixOf([1, 2, 3, 4]), [0, 0, 1, 1], {
    rounds: 1,
    learningRate: 0.5,
    maxDepth: 1,
    l2: 0.5,
  })
  expect(boosted.base).toEqual([0, 0])
  expect([...boosted.trees[0]!.feature]).toEqual([0, -1, -1])
  expect(boosted.trees[0]!.threshold[0]).toBe(2.5)
  expect([...boosted.trees[0]!.values]).toEqual([0, -0.5, 0.5])
  const p = 1 / (1 + Math.exp(-0.5))
  const probabilities = boosted.predictProbabilities(matrixOf([0, 9]))
  for (const [i, expected] of [p, 1 - p, 1 - p, p].entries()) expect(probabilities[i]).toBeCloseTo(expected, 6)
})

test('the mean accuracy over five stratified splits of the reference data set is at least 0.95', async () => {
  const { table, featureNames } = await wisconsin()
  const accuracies = [0, 1, 2, 3, 4].map((seed) => {
    const { train, test } = stratifiedSplit(table, seed)
    const classesOf = (rows: typeof table) => labelIndexes(rows, { target, classLabels, labels })
    const boosted = GradientBoosting.train(featureMatrix(train, featureNames), classesOf(train))
    const actual = classesOf(test)
    const predicted = boosted.predict(featureMatrix(test, featureNames))
    return predicted.filter((label, row) => label === actual[row]).length / test.rowCount
  })
  expect(accuracies.reduce((sum, accuracy) => sum + accuracy / 5, 0)).toBeGreaterThanOrEqual(0.95)
})

test('more rounds lower the loss on the rows they are fitted to, and the first trees stay', () => {
  const random = xoroshiro128plus(3)
  const columns = [0, 1].map(() => Array.from({ length: 500 }, () => uniformFloat64(random) * 2 - 1))
  const features = matrixOf(...columns)
  const actual = columns[0]!.map((x, i) => (x * columns[1]![i]! > 0 ? 1 : 0))
  const losses = [5, 20, 80].map((rounds) => {
    const p = GradientBoosting.train(features, actual, { rounds }).predictProbabilities(features)
    return actual.reduce<number>((sum, label, row) => sum - Math.log(p[row * 2 + label]!), 0)
  })
  expect(losses[1]).toBeLessThan(losses[0]!)
  expect(losses[2]).toBeLessThan(losses[1]!)
  const grow = (rounds: number) => GradientBoosting.train(features, actual, { rounds }).trees
  expect(grow(9).slice(0, 4)).toEqual(grow(4))
})

test('depth, leaf size and features that never vary are kept to', () => {
  const features = matrixOf([1, 2, 3, 4, 5, 6, 7, 8])
  const actual = [0, 1, 0, 1, 0, 1, 0, 1]
  const stumps = GradientBoosting.train(features, actual, { rounds: 5, maxDepth: 1 })
  for (const tree of stumps.trees) expect(tree.feature.length).toBeLessThanOrEqual(3)
  const large = GradientBoosting.train(features, actual, { rounds: 5, minSamplesLeaf: 5 })
  for (const tree of large.trees) expect(tree.feature.length).toBe(1)
  const flat = GradientBoosting.train(matrixOf([1, 1, 1, 1]), [0, 1, 1, 1], { rounds: 3 })
  expect(flat.predictProbabilities(matrixOf([5]))[1]).toBeCloseTo(0.75, 3)
})

test('of three classes a round grows three trees, the first of them worked out by hand', () => {
  // Every class has a share of 1/3 at first: gradients -2/3 on its own row and 1/3 on others, curvatures 2/9. Class 0
  // parts its row from the other two: G = -2/3, H = 2/9, l2 = 7/9: leaf 2/3; right G = 2/3, H = 4/9: leaf -6/11.
  const boosted = GradientBoosting.train(matrixOf([1, 2, 3]), [0, 1, 2], {
    rounds: 1,
    learningRate: 1,
    maxDepth: 1,
    l2: 7 / 9,
  })
  expect(boosted.classCount).toBe(3)
  for (const score of boosted.base) expect(score).toBeCloseTo(-Math.log(3), 4)
  expect(boosted.trees.map(({ target }) => target)).toEqual([0, 1, 2])
  expect(boosted.trees[0]!.threshold[0]).toBe(1.5)
  expect(boosted.trees[0]!.values[1]).toBeCloseTo(2 / 3, 4)
  expect(boosted.trees[0]!.values[2]).toBeCloseTo(-6 / 11, 4)
  expect([...boosted.predict(matrixOf([1, 3]))]).toEqual([0, 2])
  const [a, b, c] = boosted.predictProbabilities(matrixOf([1]))
  expect(a! + b! + c!).toBeCloseTo(1, 6)
})

test('a class that no row has is possible and never probable', () => {
  const boosted = GradientBoosting.train(matrixOf([1, 2, 3, 4]), [0, 0, 2, 2], { rounds: 5 })
  const probabilities = boosted.predictProbabilities(matrixOf([0, 9]))
  expect([...boosted.predict(matrixOf([0, 9]))]).toEqual([0, 2])
  expect(probabilities[1]).toBeLessThan(1e-5)
})

test('settings out of range and fewer than two classes are refused', () => {
  const features = matrixOf([1, 2, 3, 4])
  const train =
    (options: object, actual = [0, 1, 0, 1]) =>
    () =>
      GradientBoosting.train(features, actual, options)
  const wrong = [
    { rounds: 0 },
    { rounds: 2_001 },
    { learningRate: 0 },
    { learningRate: 1.5 },
    { maxDepth: 0 },
    { l2: -1 },
  ]
  for (const options of wrong) expect(train(options)).toThrow(Object.keys(options)[0])
  expect(train({}, [1, 1, 1, 1])).toThrow('at least two classes')
  expect(() => train({})().predict(matrixOf([1], [2]))).toThrow('trained on 1 features, not 2')
})
