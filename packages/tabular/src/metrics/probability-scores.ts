import { TableError } from '../table/table-error.ts'
import { checkProbabilities } from './check-scores.ts'

/** The rows whose probability falls into one bin. */
export interface CalibrationBin {
  /** The bin holds probabilities from `low`, up to and without `high`; the last one holds 1 too. */
  readonly low: number
  readonly high: number
  readonly rows: number
  /** The mean of the predicted probabilities. */
  readonly predicted: number
  /** The share of rows that are positive. A well-calibrated model has it near `predicted`. */
  readonly observed: number
}

/** So that one row that is certain and wrong costs much, and not infinitely much: half a step of 32-bit floats at 1. */
const SMALLEST = 2 ** -24

/**
 * Log loss (cross-entropy): the mean of -ln of the probability given to what was true; 0 is perfect, ln 2 = 0.693 knows
 * nothing of two equal classes. Probabilities are kept 2^-24 away from 0 and 1. `null` of no rows.
 * Throws `TableError` `setting_invalid` for lists of two lengths or values outside 0 to 1.
 */
export function logLoss(isPositive: readonly boolean[], probabilities: ArrayLike<number>): number | null {
  const losses = logLosses(isPositive, probabilities)
  return losses.length === 0 ? null : meanOf(losses)
}

/** What each row adds to the log loss, before the mean. */
export function logLosses(isPositive: readonly boolean[], probabilities: ArrayLike<number>): number[] {
  checkProbabilities(isPositive, probabilities)
  return isPositive.map((positive, row) => {
    const p = Math.min(1 - SMALLEST, Math.max(SMALLEST, probabilities[row]!))
    return -Math.log(positive ? p : 1 - p)
  })
}

/**
 * The Brier score (G. W. Brier, Mon. Weather Rev. 78, 1950, in its form for one class): the mean squared distance from
 * probability to truth, 0 to 1, 0 is perfect. `null` of no rows. Throws as `logLoss` does.
 */
export function brierScore(isPositive: readonly boolean[], probabilities: ArrayLike<number>): number | null {
  const errors = squaredErrors(isPositive, probabilities)
  return errors.length === 0 ? null : meanOf(errors)
}

/** What each row adds to the Brier score, before the mean. */
export function squaredErrors(isPositive: readonly boolean[], probabilities: ArrayLike<number>): number[] {
  checkProbabilities(isPositive, probabilities)
  return isPositive.map((positive, row) => (probabilities[row]! - (positive ? 1 : 0)) ** 2)
}

/**
 * The calibration curve (reliability diagram): predicted beside observed shares, in bins of equal width, 10 by default.
 * Bins without rows are left out. Throws as `logLoss` does, and for a number of bins that is not from 2 to 1,000.
 */
export function calibrationCurve(
  isPositive: readonly boolean[],
  probabilities: ArrayLike<number>,
  bins = 10,
): CalibrationBin[] {
  checkProbabilities(isPositive, probabilities)
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 1_000)) {
    throw new TableError('setting_invalid', `bins is ${bins}; it must be a whole number from 2 to 1000.`)
  }
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, positives: 0 }))
  for (const [row, positive] of isPositive.entries()) {
    const sum = sums[Math.min(bins - 1, Math.floor(probabilities[row]! * bins))]!
    sum.rows++
    sum.predicted += probabilities[row]!
    if (positive) sum.positives++
  }
  return sums.flatMap(({ rows, predicted, positives }, i) =>
    rows === 0
      ? []
      : [{ low: i / bins, high: (i + 1) / bins, rows, predicted: predicted / rows, observed: positives / rows }],
  )
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
