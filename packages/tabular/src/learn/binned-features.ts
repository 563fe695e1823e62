import type { FeatureMatrix } from './feature-matrix.ts'

/** One feature cut into at most 256 bins of ascending values. */
export interface BinnedFeature {
  /** The bin of each row. */
  readonly bins: Uint8Array
  /** The lowest and the highest value that falls into each bin. */
  readonly lowest: Float32Array
  readonly highest: Float32Array
}

/** Cuts each feature into bins that hold about the same number of rows. Equal values share a bin. */
export function binFeatures(matrix: FeatureMatrix, maxBins: number): BinnedFeature[] {
  return matrix.columns.map((column) => binFeature(column, maxBins))
}

/**
 * The threshold between two bins: the 32-bit midpoint `t` with `highest[lower] <= t < lowest[upper]`, so that `x <= t`
 * parts the rows exactly as their bins do.
 */
export function thresholdBetween(feature: BinnedFeature, lower: number, upper: number): number {
  const below = feature.highest[lower]!
  const above = feature.lowest[upper]!
  const middle = Math.fround(below / 2 + above / 2)
  return middle >= below && middle < above ? middle : below
}

function binFeature(column: Float32Array, maxBins: number): BinnedFeature {
  const { values, counts } = distinctValues(column)
  const lowest: number[] = []
  const highest: number[] = []
  let rowsLeft = column.length
  for (let at = 0; at < values.length; ) {
    const binsLeft = maxBins - lowest.length
    const wanted = values.length - at <= binsLeft ? 1 : rowsLeft / binsLeft
    const first = at
    let rows = 0
    while (rows < wanted && at < values.length) rows += counts[at++]!
    lowest.push(values[first]!)
    highest.push(values[at - 1]!)
    rowsLeft -= rows
  }
  const bounds = Float32Array.from(highest)
  const bins = Uint8Array.from(column, (value) => binOf(value, bounds))
  return { bins, lowest: Float32Array.from(lowest), highest: bounds }
}

function distinctValues(column: Float32Array): { values: number[]; counts: number[] } {
  const values: number[] = []
  const counts: number[] = []
  for (const value of Float32Array.from(column).sort()) {
    if (values.length > 0 && values[values.length - 1] === value) counts[counts.length - 1]! += 1
    else {
      values.push(value)
      counts.push(1)
    }
  }
  return { values, counts }
}

function binOf(value: number, highest: Float32Array): number {
  let low = 0
  let high = highest.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= highest[middle]!) high = middle
    else low = middle + 1
  }
  return low
}
