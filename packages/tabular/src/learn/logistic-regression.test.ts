import { expect, test } from 'vitest'
import { classLabels, labels, target, wisconsin } from '../../test/wisconsin.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { type FeatureMatrix, featureMatrix } from './feature-matrix.ts'
import { LogisticRegression } from './logistic-regression.ts'
import { StandardScaler } from './standard-scaler.ts'

function matrixOf(...columns: number[][]): FeatureMatrix {
  const names = columns.map((_, i) => `x${i}`)
  return { names, columns: columns.map((column) => Float32Array.from(column)), rowCount: columns[0]!.length }
}

test('without penalty it gives the published fit of hours studied to exams passed', async () => {
  // Wikipedia, “Logistic regression”: 20 students; intercept -4.0777, coefficient 1.5046; 2 hours: 0.26, 4 hours: 0.87.
  const hours = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
  const passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
  const regression = await LogisticRegression.train(matrixOf(hours), passed, { l2: 0 })
  expect(regression.map.bias[1]).toBeCloseTo(-4.0777, 4)
  expect(regression.map.weights[1]).toBeCloseTo(1.5046, 4)
  const probabilities = regression.predictProbabilities(matrixOf([2, 4]))
  expect([probabilities[1], probabilities[3]]).toEqual([expect.closeTo(0.26, 2), expect.closeTo(0.87, 2)])
  expect([...regression.predict(matrixOf([2, 4]))]).toEqual([0, 1])
})

test('with penalty 1 it finds the weights that scikit-learn 1.9.1 finds on the scaled reference data set', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames)
  const actual = labelIndexes(table, { target, classLabels, labels })
  const regression = await LogisticRegression.train(StandardScaler.fit(features).transform(features), actual)
  const weights = [0, 1, 2, 3].map((f) => regression.map.weights[f * 2 + 1]!)
  expect(regression.map.bias[1]).toBeCloseTo(-0.214503, 4)
  for (const [i, weight] of [0.363093, 0.387675, 0.351062, 0.43561].entries()) expect(weights[i]).toBeCloseTo(weight, 4)
})

test('three classes are learnt, their probabilities add up to 1, and classes alike are equally probable', async () => {
  const x = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]
  const actual = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
  const regression = await LogisticRegression.train(matrixOf(x), actual, { l2: 0.01 })
  expect([...regression.predict(matrixOf(x))]).toEqual(actual)
  const alike = await LogisticRegression.train(matrixOf([1, 1, 1]), [0, 1, 2])
  for (const p of alike.predictProbabilities(matrixOf([9]))) expect(p).toBeCloseTo(1 / 3, 5)
  const probabilities = regression.predictProbabilities(matrixOf([-100, 1.5, 100]))
  for (let row = 0; row < 3; row++) {
    expect(probabilities.subarray(row * 3, row * 3 + 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6)
  }
})

test('the optimum is one: the gradient of the penalised loss vanishes there', async () => {
  const columns = [
    [0.1, 2, -1, 0.5, 3, -2, 1, 0],
    [1, -1, 0.3, 2, 0, 1, -2, 0.7],
  ]
  const actual = [0, 1, 0, 1, 1, 0, 0, 1]
  const features = matrixOf(...columns)
  const regression = await LogisticRegression.train(features, actual, { l2: 0.5 })
  const p = regression.predictProbabilities(features).filter((_, i) => i % 2 === 1)
  for (const [f, column] of features.columns.entries()) {
    const slope = column.reduce((sum, value, row) => sum + value * (p[row]! - actual[row]!), 0)
    expect(slope + 0.5 * regression.map.weights[f * 2 + 1]!).toBeCloseTo(0, 5)
  }
  expect(p.reduce((sum, value, row) => sum + value - actual[row]!, 0)).toBeCloseTo(0, 5)
})

test('classes parted entirely have no optimum without penalty, and that is said', async () => {
  const parted = LogisticRegression.train(matrixOf([1, 2, 3, 4]), [0, 0, 1, 1], { l2: 0 })
  await expect(parted).rejects.toThrow(expect.objectContaining({ code: 'not_converged' }))
  await expect(LogisticRegression.train(matrixOf([1, 2, 3, 4]), [0, 0, 1, 1])).resolves.toBeDefined()
})

test('settings out of range and data to learn nothing from are refused', async () => {
  const features = matrixOf([1, 2, 3, 4])
  await expect(LogisticRegression.train(features, [0, 1, 0, 1], { l2: -1 })).rejects.toThrow('l2 is -1')
  await expect(LogisticRegression.train(features, [0, 1, 0, 1], { maxSteps: 0 })).rejects.toThrow('maxSteps is 0')
  await expect(LogisticRegression.train(features, [0, 1, 2, 1], { l2: 0 })).rejects.toThrow('l2 must be above 0')
  await expect(LogisticRegression.train(features, [1, 1, 1, 1])).rejects.toThrow('at least two classes')
})
