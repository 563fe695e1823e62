import { midRanks } from './mid-ranks.ts'

/** For each row of a class, the share of the other class that it stands on the right side of, ties counted half. */
export interface Placements {
  /** Of the positive rows, in their order. Their mean is the area under the ROC curve. */
  readonly positives: readonly number[]
  readonly negatives: readonly number[]
}

/**
 * The placements of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), worked out from mid-ranks in O(n log n) as
 * by Sun and Xu (IEEE Signal Process. Lett. 21, 2014). `null` with fewer than two rows of a class.
 */
export function placementsOf(isPositive: readonly boolean[], scores: ArrayLike<number>): Placements | null {
  const rows = isPositive.map((_, row) => row)
  const positives = rows.filter((row) => isPositive[row])
  const negatives = rows.filter((row) => !isPositive[row])
  if (positives.length < 2 || negatives.length < 2) return null
  const ranks = midRanks(scores)
  const above = (own: number[], others: number) => {
    const within = midRanks(own.map((row) => scores[row]!))
    return own.map((row, i) => (ranks[row]! - within[i]!) / others)
  }
  return {
    positives: above(positives, negatives.length),
    negatives: above(negatives, positives.length).map((share) => 1 - share),
  }
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The sample covariance of two lists of one length; the variance of a list with itself. */
function covarianceOf(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)]
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (a.length - 1)
}

/** The covariance of two areas under ROC curves of the same rows; the variance of one with itself. */
export function aucCovariance(a: Placements, b: Placements): number {
  return (
    covarianceOf(a.positives, b.positives) / a.positives.length +
    covarianceOf(a.negatives, b.negatives) / a.negatives.length
  )
}
