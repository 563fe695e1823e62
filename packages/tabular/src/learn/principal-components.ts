import { TableError } from '../table/table-error.ts'
import { integerSetting, numberSetting } from './classifier.ts'
import type { FeatureMatrix } from './feature-matrix.ts'
import { applyLinearMap, type LinearMap } from './linear-map.ts'

/** How many components to keep: one of the two. Without either, 95 % of the variance is kept. */
export interface PrincipalComponentsOptions {
  /** Exactly so many, 1 to the number of features. */
  readonly components?: number
  /** As few as explain at least this share of the variance, above 0 and at most 1. */
  readonly varianceShare?: number
}

/** Principal components as JSON, exact. */
export interface PrincipalComponentsJson {
  readonly kind: 'principal_components'
  readonly featureNames: readonly string[]
  /** The mean of each feature. */
  readonly mean: readonly number[]
  /** Each component as its direction: unit vectors, one weight a feature. */
  readonly components: readonly (readonly number[])[]
  /** The variance along each component (n - 1 in the denominator), largest first. */
  readonly explainedVariance: readonly number[]
  /** The same as shares of the variance of all features. */
  readonly explainedVarianceRatio: readonly number[]
}

/**
 * Principal component analysis: the directions in which rows vary most, from the eigenvectors of the covariance matrix
 * (I. T. Jolliffe, Principal Component Analysis, 2nd ed. 2002, chapter 1). Each points the way in which its largest
 * weight is positive, so that one matrix gives one answer. Fit it on scaled features of the training part only; hand it
 * to `exportOnnx` and it is part of the served graph.
 *
 * @example
 * const scaled = scaler.transform(features)
 * const pca = await PrincipalComponents.fit(scaled, { varianceShare: 0.95 })
 * const forest = RandomForest.train(pca.transform(scaled), labels, { seed: 7 })
 * const onnx = exportOnnx({ scaler, pca, classifier: forest, featureNames, classLabels })
 */
export class PrincipalComponents {
  readonly featureNames: readonly string[]
  readonly mean: readonly number[]
  readonly components: readonly (readonly number[])[]
  readonly explainedVariance: readonly number[]
  readonly explainedVarianceRatio: readonly number[]
  /** The projection as one linear map, from features to components. */
  readonly map: LinearMap

  private constructor(json: PrincipalComponentsJson) {
    this.featureNames = json.featureNames
    this.mean = json.mean
    this.components = json.components
    this.explainedVariance = json.explainedVariance
    this.explainedVarianceRatio = json.explainedVarianceRatio
    this.map = projection(json)
  }

  /**
   * Finds the components. Throws `TableError` `setting_invalid` for an option out of range or both of them, fewer than
   * two rows, and features of which none varies.
   */
  static async fit(features: FeatureMatrix, options: PrincipalComponentsOptions = {}): Promise<PrincipalComponents> {
    checkOptions(options, features)
    const { EigenvalueDecomposition } = await import('ml-matrix')
    const mean = features.columns.map((column) => column.reduce((sum, value) => sum + value / column.length, 0))
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance(features, mean), {
      assumeSymmetric: true,
    })
    const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
    // An eigenvalue that is 0 may come out a rounding below it.
    const variances = order.map((i) => Math.max(0, realEigenvalues[i]!))
    const total = variances.reduce((sum, variance) => sum + variance, 0)
    if (total === 0) {
      throw new TableError(
        'setting_invalid',
        'No feature varies, so there are no principal components. Check the data.',
      )
    }
    const ratios = variances.map((variance) => variance / total)
    const kept = options.components ?? countFor(ratios, options.varianceShare ?? 0.95)
    return new PrincipalComponents({
      kind: 'principal_components',
      featureNames: [...features.names],
      mean,
      components: order.slice(0, kept).map((i) => withFixedSign(eigenvectorMatrix.getColumn(i))),
      explainedVariance: variances.slice(0, kept),
      explainedVarianceRatio: ratios.slice(0, kept),
    })
  }

  /** Reads what `toJSON` wrote. Throws `TableError` `setting_invalid` for anything else. */
  static fromJSON(json: unknown): PrincipalComponents {
    if (isPrincipalComponentsJson(json)) return new PrincipalComponents(json)
    const message = 'This JSON does not hold principal components. Take the artifact of a training run.'
    throw new TableError('setting_invalid', message)
  }

  /** Rows along the components: features `pc1`, `pc2` …, 32-bit floats. Throws for features it was not fitted on. */
  transform(features: FeatureMatrix): FeatureMatrix {
    if (features.names.join('\0') !== this.featureNames.join('\0')) {
      const message = `The components were fitted on ${this.featureNames.join(', ')}, not on ${features.names.join(', ')}. Pass the same features in the same order.`
      throw new TableError('setting_invalid', message)
    }
    const columns = applyLinearMap(this.map, features)
    return { names: columns.map((_, i) => `pc${i + 1}`), columns, rowCount: features.rowCount }
  }

  /** The components as JSON, exact. */
  toJSON(): PrincipalComponentsJson {
    const { featureNames, mean, components, explainedVariance, explainedVarianceRatio } = this
    return {
      kind: 'principal_components',
      featureNames,
      mean,
      components,
      explainedVariance,
      explainedVarianceRatio,
    }
  }
}

function checkOptions(options: PrincipalComponentsOptions, features: FeatureMatrix): void {
  if (options.components !== undefined && options.varianceShare !== undefined) {
    throw new TableError('setting_invalid', 'Give either components or varianceShare, not both.')
  }
  if (features.rowCount < 2) {
    throw new TableError('setting_invalid', `Principal components need at least 2 rows, not ${features.rowCount}.`)
  }
  if (options.components !== undefined) {
    integerSetting('components', options.components, [1, features.columns.length])
  }
  if (options.varianceShare !== undefined) numberSetting('varianceShare', options.varianceShare, [Number.MIN_VALUE, 1])
}

function covariance({ columns, rowCount }: FeatureMatrix, mean: readonly number[]): number[][] {
  const centred = columns.map((column, i) => Float64Array.from(column, (value) => value - mean[i]!))
  return centred.map((a) =>
    centred.map((b) => a.reduce((sum, value, row) => sum + value * b[row]!, 0) / (rowCount - 1)),
  )
}

function countFor(ratios: readonly number[], share: number): number {
  let sum = 0
  for (const [i, ratio] of ratios.entries()) {
    sum += ratio
    // Shares that add up to 1 may do so a rounding short of it.
    if (sum >= share - 1e-12) return i + 1
  }
  return ratios.length
}

function withFixedSign(vector: readonly number[]): number[] {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-12 ? value : best), 0)
  return vector.map((value) => (largest < 0 ? -value : value))
}

function projection({ featureNames, mean, components }: PrincipalComponentsJson): LinearMap {
  const inputCount = featureNames.length
  const outputCount = components.length
  const weights = new Float64Array(inputCount * outputCount)
  for (const [k, component] of components.entries()) {
    for (const [f, weight] of component.entries()) weights[f * outputCount + k] = weight
  }
  const bias = Float64Array.from(components, (component) =>
    component.reduce((sum, weight, f) => sum - weight * mean[f]!, 0),
  )
  return { inputCount, outputCount, weights, bias }
}

function isPrincipalComponentsJson(json: unknown): json is PrincipalComponentsJson {
  const { kind, featureNames, mean, components, explainedVariance, explainedVarianceRatio } = (json ??
    {}) as Partial<PrincipalComponentsJson>
  if (kind !== 'principal_components' || !Array.isArray(featureNames) || !Array.isArray(components)) return false
  const isVector = (value: unknown, length: number) =>
    Array.isArray(value) && value.length === length && value.every((number) => Number.isFinite(number))
  return (
    featureNames.every((name) => typeof name === 'string') &&
    components.length > 0 &&
    isVector(mean, featureNames.length) &&
    components.every((component) => isVector(component, featureNames.length)) &&
    isVector(explainedVariance, components.length) &&
    isVector(explainedVarianceRatio, components.length)
  )
}
