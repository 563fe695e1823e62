import { aucCovariance, meanOf, placementsOf } from './placements.ts'

/** From where to where a metric lies; from 0 to 1, only a log loss may be more. At 95 % unless another `z` is given. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The standard normal quantile at 0.975. */
export const Z = 1.959963984540054

/**
 * The 95 % interval of a share, as accuracy, precision and recall are: Wilson's score interval without continuity
 * correction (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927; method 3 of R. G. Newcombe, Stat. Med. 17, 1998, p. 857), which
 * stays within 0 and 1 and holds for small tables. `null` of nothing.
 */
export function wilsonInterval(hits: number, of: number, z = Z): Interval | null {
  if (of === 0) return null
  const share = hits / of
  const scale = 1 + z ** 2 / of
  const middle = (share + z ** 2 / (2 * of)) / scale
  const half = (z * Math.sqrt((share * (1 - share)) / of + (z / (2 * of)) ** 2)) / scale
  return { low: hits === 0 ? 0 : middle - half, high: hits === of ? 1 : middle + half }
}

/**
 * The 95 % interval of the area under the ROC curve by the variance of DeLong, cut at 0 and 1. `null` where it says
 * nothing: with fewer than two rows of a class, and when the classes do not overlap at all.
 */
export function aucInterval(isPositive: readonly boolean[], scores: ArrayLike<number>, z = Z): Interval | null {
  const placements = placementsOf(isPositive, scores)
  const variance = placements && aucCovariance(placements, placements)
  if (!placements || !variance) return null
  const area = meanOf(placements.positives)
  const half = z * Math.sqrt(variance)
  return { low: Math.max(0, area - half), high: Math.min(1, area + half) }
}

/**
 * The 95 % interval of an average precision, normal on the scale of the logit (K. Boyd, K. H. Eng and C. D. Page, ECML
 * PKDD 2013, section 3.2), which stays within 0 and 1. `null` at 0 and 1, where it says nothing.
 */
export function averagePrecisionInterval(average: number, positives: number): Interval | null {
  if (!(average > 0 && average < 1)) return null
  const middle = Math.log(average / (1 - average))
  const half = Z / Math.sqrt(positives * average * (1 - average))
  const share = (logit: number) => 1 / (1 + Math.exp(-logit))
  return { low: share(middle - half), high: share(middle + half) }
}

/**
 * The 95 % interval of a mean of losses, one a row, by the central limit theorem, cut at 0 and at what a loss can be at
 * most. `null` where it says nothing: of fewer than two rows, and when all losses are one.
 */
export function meanLossInterval(losses: readonly number[], most: number): Interval | null {
  if (losses.length < 2) return null
  const mean = meanOf(losses)
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (losses.length - 1)
  if (variance === 0) return null
  const half = Z * Math.sqrt(variance / losses.length)
  return { low: Math.max(0, mean - half), high: Math.min(most, mean + half) }
}
