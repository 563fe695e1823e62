import { midRanks } from './mid-ranks.ts'

/** From where to where a metric lies, at 95 % confidence; from 0 to 1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The standard normal quantile at 0.975. */
const Z = 1.959963984540054

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
 * The 95 % interval of the area under the ROC curve by the variance of DeLong, DeLong and Clarke-Pearson (Biometrics 44,
 * 1988), worked out from mid-ranks in O(n log n) as by Sun and Xu (IEEE Signal Process. Lett. 21, 2014), cut at 0 and 1.
 * `null` where it says nothing: with fewer than two rows of a class, and when the classes do not overlap at all.
 */
export function aucInterval(isPositive: readonly boolean[], scores: ArrayLike<number>): Interval | null {
  const rows = isPositive.map((_, row) => row)
  const positives = rows.filter((row) => isPositive[row])
  const negatives = rows.filter((row) => !isPositive[row])
  if (positives.length < 2 || negatives.length < 2) return null
  const ranks = midRanks(scores)
  // For each row of a class, the share of the other class that it stands above, ties counted half.
  const placements = (own: number[], others: number) => {
    const within = midRanks(own.map((row) => scores[row]!))
    return own.map((row, i) => (ranks[row]! - within[i]!) / others)
  }
  const above = placements(positives, negatives.length)
  const variance =
    varianceOf(above) / positives.length + varianceOf(placements(negatives, positives.length)) / negatives.length
  if (variance === 0) return null
  const area = meanOf(above)
  const half = Z * Math.sqrt(variance)
  return { low: Math.max(0, area - half), high: Math.min(1, area + half) }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
