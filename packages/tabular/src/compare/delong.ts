import jstat from 'jstat'
import { type Interval, Z } from '../metrics/intervals.ts'
import { aucCovariance, meanOf, placementsOf } from '../metrics/placements.ts'

/** How far two areas under ROC curves of the same rows are apart, second less first. */
export interface AucDifference {
  readonly value: number
  readonly interval: Interval
  /** Two-sided. */
  readonly p: number
}

/**
 * DeLong's paired test of two ROC AUCs. `null` where it says nothing: with fewer than two rows of a class, and when the
 * difference has no variance, as when both models part the classes whole.
 */
export function delongTest(
  isPositive: readonly boolean[],
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): AucDifference | null {
  const a = placementsOf(isPositive, first)
  const b = placementsOf(isPositive, second)
  if (!a || !b) return null
  const value = meanOf(b.positives) - meanOf(a.positives)
  const variance = aucCovariance(a, a) + aucCovariance(b, b) - 2 * aucCovariance(a, b)
  // Equal scores leave nothing but rounding.
  if (variance <= 1e-15) return null
  const error = Math.sqrt(variance)
  const interval = { low: Math.max(-1, value - Z * error), high: Math.min(1, value + Z * error) }
  return { value, interval, p: 2 * jstat.jStat.normal.cdf(-Math.abs(value) / error, 0, 1) }
}
