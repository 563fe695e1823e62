import { TableError } from '../table/table-error.ts'
import type { FeatureMatrix } from './feature-matrix.ts'

/** A standard scaler as JSON. `mean` and `scale` are 32-bit floats; a feature becomes `(x - mean) * scale`. */
export interface StandardScalerJson {
  readonly kind: 'standard_scaler'
  readonly featureNames: readonly string[]
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/**
 * Centres each feature on its mean and divides it by its standard deviation (of the population, as scikit-learn does).
 * All arithmetic of `transform` is in 32-bit floats, step by step as ONNX's Scaler does it, so that a model trained on
 * its output sees in production exactly the values it was trained on. A constant feature is only centred.
 */
export class StandardScaler {
  readonly featureNames: readonly string[]
  readonly mean: Float32Array
  readonly scale: Float32Array

  private constructor(featureNames: readonly string[], mean: Float32Array, scale: Float32Array) {
    this.featureNames = featureNames
    this.mean = mean
    this.scale = scale
  }

  /** Learns mean and scale. Throws `TableError` `setting_invalid` for a matrix without rows. */
  static fit(features: FeatureMatrix): StandardScaler {
    if (features.rowCount === 0) {
      throw new TableError('setting_invalid', 'There are no rows to fit a scaler on. Check the data before training.')
    }
    const mean = Float32Array.from(features.columns, meanOf)
    const scale = Float32Array.from(features.columns, (column, i) => scaleOf(column, mean[i]!))
    return new StandardScaler([...features.names], mean, scale)
  }

  /** Reads what `toJSON` wrote. Throws `TableError` `setting_invalid` for anything else. */
  static fromJSON(json: unknown): StandardScaler {
    const { kind, featureNames, mean, scale } = (json ?? {}) as Partial<StandardScalerJson>
    const names =
      Array.isArray(featureNames) && featureNames.every((name) => typeof name === 'string') ? featureNames : []
    const isVector = (value: unknown): value is number[] =>
      Array.isArray(value) && value.length === names.length && value.every(isFloat32)
    if (kind === 'standard_scaler' && names.length > 0 && isVector(mean) && isVector(scale)) {
      return new StandardScaler([...names], Float32Array.from(mean), Float32Array.from(scale))
    }
    throw new TableError(
      'setting_invalid',
      'This JSON is not a standard scaler. Take the scaler artifact of a training run.',
    )
  }

  /** Scales features. Throws `TableError` `setting_invalid` when they are not those the scaler was fitted on. */
  transform(features: FeatureMatrix): FeatureMatrix {
    if (features.names.join('\0') !== this.featureNames.join('\0')) {
      const message = `The scaler was fitted on ${this.featureNames.join(', ')}, not on ${features.names.join(', ')}. Pass the same features in the same order.`
      throw new TableError('setting_invalid', message)
    }
    const columns = features.columns.map((column, i) => {
      const mean = this.mean[i]!
      const scale = this.scale[i]!
      return column.map((value) => Math.fround(value - mean) * scale)
    })
    return { ...features, columns }
  }

  /** The scaler as JSON, exact. */
  toJSON(): StandardScalerJson {
    const { featureNames, mean, scale } = this
    return { kind: 'standard_scaler', featureNames, mean: [...mean], scale: [...scale] }
  }
}

function meanOf(column: Float32Array): number {
  return column.reduce((sum, value) => sum + value / column.length, 0)
}

function scaleOf(column: Float32Array, mean: number): number {
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2 / column.length, 0)
  const scale = Math.fround(1 / Math.sqrt(variance))
  // An infinite scale would turn a value at the mean into NaN.
  return Number.isFinite(scale) ? scale : 1
}

function isFloat32(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && Math.fround(value) === value
}
