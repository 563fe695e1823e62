import { aucCovariance, meanOf, placementsOf } from './placements.ts'

/** From where to where a metric lies, at 95 % confidence; from 0 to 1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The standard normal quantile at 0.975. */
export const Z = 1.959963984540054

/**
 * The 95 % interval of a share, as accuracy, precision and recall are: Wilson's score interval without continuity
 * correction (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927; method 3 of R. G. Newcombe, Stat. Med. 17, 1998), which
 * stays within 0 and 1 and holds for small tables. `null` of nothing.
 */
export function wilsonInterval(hits: number, of: number): Interval | null {
  if (of === 0) return null
  const share = hits / of
  const scale = 1 + Z ** 2 / of
  const middle = (share + Z ** 2 / (2 * of)) / scale
  const half = (Z * Math.sqrt((share * (1 - share)) / of + (Z / (2 * of)) ** 2)) / scale
  return { low: hits === 0 ? 0 : middle - half, high: hits === of ? 1 : middle + half }
}

/**
 * The 95 % interval of the area under the ROC curve by the variance of DeLong, cut at 0 and 1. `null` where it says
 * nothing: with fewer than two rows of a class, and when the classes do not overlap at all.
 */
export function aucInterval(isPositive: readonly boolean[], scores: ArrayLike<number>): Interval | null {
  const placements = placementsOf(isPositive, scores)
  const variance = placements && aucCovariance(placements, placements)
  if (!placements || !variance) return null
  const area = meanOf(placements.positives)
  const half = Z * Math.sqrt(variance)
  return { low: Math.max(0, area - half), high: Math.min(1, area + half) }
}
