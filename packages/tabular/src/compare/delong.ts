import jstat from 'jstat'
import { type Interval, Z } from '../metrics/intervals.ts'
import { aucCovariance, meanOf, type Placements, placementsOf } from '../metrics/placements.ts'

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
  { first, second, z = Z }: { first: ArrayLike<number>; second: ArrayLike<number>; z?: number },
): AucDifference | null {
  const a = placementsOf(isPositive, first)
  const b = placementsOf(isPositive, second)
  if (!a || !b) return null
  return tested(a, b, { covariance: aucCovariance(a, b), z })
}

/** The same of two ROC AUCs that share no rows: their variances add up. */
export function unpairedAucTest(
  first: { isPositive: readonly boolean[]; scores: ArrayLike<number> },
  second: { isPositive: readonly boolean[]; scores: ArrayLike<number> },
  z = Z,
): AucDifference | null {
  const a = placementsOf(first.isPositive, first.scores)
  const b = placementsOf(second.isPositive, second.scores)
  return a && b && tested(a, b, { covariance: 0, z })
}

function tested(
  a: Placements,
  b: Placements,
  { covariance, z }: { covariance: number; z: number },
): AucDifference | null {
  const value = meanOf(b.positives) - meanOf(a.positives)
  const variance = aucCovariance(a, a) + aucCovariance(b, b) - 2 * covariance
  // Equal scores leave nothing but rounding.
  if (variance <= 1e-15) return null
  const error = Math.sqrt(variance)
  const interval = { low: Math.max(-1, value - z * error), high: Math.min(1, value + z * error) }
  return { value, interval, p: 2 * jstat.jStat.normal.cdf(-Math.abs(value) / error, 0, 1) }
}
