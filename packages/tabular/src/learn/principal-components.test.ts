import { expect, test } from 'vitest'
import { wisconsin } from '../../test/wisconsin.ts'
import { type FeatureMatrix, featureMatrix } from './feature-matrix.ts'
import { PrincipalComponents } from './principal-components.ts'
import { StandardScaler } from './standard-scaler.ts'

function matrixOf(...columns: number[][]): FeatureMatrix {
  const names = columns.map((_, i) => `x${i}`)
  return { names, columns: columns.map((column) => Float32Array.from(column)), rowCount: columns[0]!.length }
}

test('six points give the components of the example in scikit-learn’s documentation of PCA', async () => {
  const points = matrixOf([-1, -2, -3, 1, 2, 3], [-1, -1, -2, 1, 1, 2])
  const pca = await PrincipalComponents.fit(points, { components: 2 })
  // Documented there: explained_variance_ratio_ [0.9924 0.0075], singular_values_ [6.30061 0.54980].
  expect(pca.explainedVarianceRatio).toEqual([expect.closeTo(0.9924, 4), expect.closeTo(0.0076, 4)])
  const singular = pca.explainedVariance.map((variance) => Math.sqrt(variance * 5))
  expect(singular).toEqual([expect.closeTo(6.30061, 5), expect.closeTo(0.5498, 5)])
})

test('components of the scaled reference data set explain the shares that scikit-learn 1.9.1 finds', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames)
  const scaled = StandardScaler.fit(features).transform(features)
  const pca = await PrincipalComponents.fit(scaled)
  const shares = [0.44272, 0.189712, 0.093932, 0.066021, 0.054958]
  for (const [i, share] of shares.entries()) expect(pca.explainedVarianceRatio[i]).toBeCloseTo(share, 5)
  // 95 % of the variance takes 10 of 30.
  expect(pca.components).toHaveLength(10)
  for (const [i, a] of pca.components.entries()) {
    for (const [j, b] of pca.components.entries()) {
      const product = a.reduce((sum, value, f) => sum + value * b[f]!, 0)
      expect(product).toBeCloseTo(i === j ? 1 : 0, 12)
    }
  }
})

test('projected rows are centred, uncorrelated, and vary as the components say', async () => {
  const { table, featureNames } = await wisconsin()
  const features = featureMatrix(table, featureNames.slice(0, 6))
  const pca = await PrincipalComponents.fit(features, { components: 3 })
  const { names, columns, rowCount } = pca.transform(features)
  expect(names).toEqual(['pc1', 'pc2', 'pc3'])
  for (const [k, column] of columns.entries()) {
    const variance = column.reduce((sum, value) => sum + value ** 2, 0) / (rowCount - 1)
    expect(variance / pca.explainedVariance[k]!).toBeCloseTo(1, 5)
    expect(column.reduce((sum, value) => sum + value, 0) / rowCount / Math.sqrt(variance)).toBeCloseTo(0, 4)
  }
})

test('components survive JSON exactly, and other JSON is refused', async () => {
  const pca = await PrincipalComponents.fit(matrixOf([1, 2, 4, 8], [3, 1, 2, 0]), { components: 1 })
  expect(PrincipalComponents.fromJSON(JSON.parse(JSON.stringify(pca))).toJSON()).toEqual(pca.toJSON())
  const json = pca.toJSON()
  for (const other of [null, {}, { ...json, kind: 'x' }, { ...json, mean: [1] }, { ...json, components: [[1]] }]) {
    expect(() => PrincipalComponents.fromJSON(other)).toThrow('does not hold principal components')
  }
})

test('features that never vary, one row, and settings out of range are refused', async () => {
  const points = matrixOf([1, 2, 3], [3, 1, 2])
  await expect(PrincipalComponents.fit(matrixOf([5, 5], [1, 1]))).rejects.toThrow('No feature varies')
  await expect(PrincipalComponents.fit(matrixOf([5], [1]))).rejects.toThrow('at least 2 rows')
  await expect(PrincipalComponents.fit(points, { components: 3 })).rejects.toThrow('components is 3')
  await expect(PrincipalComponents.fit(points, { varianceShare: 0 })).rejects.toThrow('varianceShare is 0')
  await expect(PrincipalComponents.fit(points, { components: 1, varianceShare: 1 })).rejects.toThrow('not both')
  const pca = await PrincipalComponents.fit(points)
  expect(() => pca.transform(matrixOf([1, 2]))).toThrow('same features in the same order')
})
