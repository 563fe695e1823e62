import type { FeatureMatrix } from './feature-matrix.ts'

/** A linear map with a bias: `y = x · weights + bias`, in 64-bit floats. */
export interface LinearMap {
  readonly inputCount: number
  readonly outputCount: number
  /** Input by input, the weight of each output: `inputCount * outputCount` values. */
  readonly weights: Float64Array
  /** One value for each output. */
  readonly bias: Float64Array
}

/**
 * Maps every row and rounds once, at the end, to 32 bits. Sums in 64 bits make the order of summing, which differs
 * between this and the graph, vanish in that rounding.
 */
export function applyLinearMap(map: LinearMap, features: FeatureMatrix): Float32Array[] {
  return Array.from({ length: map.outputCount }, (_, output) => {
    const sums = new Float64Array(features.rowCount).fill(map.bias[output]!)
    for (const [input, column] of features.columns.entries()) {
      const weight = map.weights[input * map.outputCount + output]!
      for (let row = 0; row < sums.length; row++) sums[row]! += column[row]! * weight
    }
    return Float32Array.from(sums)
  })
}
