import type { Correlations, NumberProfile } from './table-profile.ts'

const SHARES = ['0.01', '0.05', '0.25', '0.5', '0.75', '0.95', '0.99'] as const
const BINS = 20

/** The quantiles of numbers, in ascending order, without missing ones. */
export function quantilesOf(sorted: Float64Array): NumberProfile['quantiles'] {
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = Math.floor(place)
    const low = sorted[below]!
    const high = sorted[Math.min(below + 1, sorted.length - 1)]!
    return low + (place - below) * (high - low)
  }
  return Object.fromEntries(SHARES.map((share) => [share, at(Number(share))])) as NumberProfile['quantiles']
}

/** The histogram of numbers, in ascending order, without missing ones. */
export function histogramOf(sorted: Float64Array): NumberProfile['histogram'] {
  const low = sorted[0]!
  const high = sorted.at(-1)!
  const bins = high > low ? BINS : 1
  const counts = Array<number>(bins).fill(0)
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins)) || 0]! += 1
  return { low, high, counts }
}

/** Pearson's correlation of every two columns of one length; missing values are left out pair by pair. */
export function correlationsOf(columns: readonly { name: string; values: Float64Array }[]): Correlations {
  const isWhole = columns.map(({ values }) => !values.some(Number.isNaN))
  const unit = columns.map(({ values }, i) => (isWhole[i] ? unitVector(values) : null))
  const correlate = (a: number, b: number): number | null => {
    if (isWhole[a] && isWhole[b]) return dot(unit[a]!, unit[b]!)
    const both = (_: number, row: number) =>
      !Number.isNaN(columns[a]!.values[row]!) && !Number.isNaN(columns[b]!.values[row]!)
    return dot(unitVector(columns[a]!.values.filter(both)), unitVector(columns[b]!.values.filter(both)))
  }
  const values = columns.map(() => Array<number | null>(columns.length).fill(null))
  for (let a = 0; a < columns.length; a++) {
    for (let b = 0; b <= a; b++) values[a]![b] = values[b]![a] = correlate(a, b)
  }
  return { columns: columns.map(({ name }) => name), values }
}

/** The values centred and divided by their length, so that a product of two is their correlation. */
function unitVector(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const centred = values.map((value) => value - mean)
  const length = Math.sqrt(dot(centred, centred) ?? 0)
  // A column that does not vary may miss 0 by roundings.
  const isFlat = !(length > 1e-12 * Math.abs(mean) * Math.sqrt(values.length))
  return isFlat ? centred.fill(Number.NaN) : centred.map((value) => value / length)
}

function dot(a: Float64Array, b: Float64Array): number | null {
  let sum = 0
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!
  return a.length === 0 || Number.isNaN(sum) ? null : sum
}
