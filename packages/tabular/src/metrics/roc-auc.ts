import { checkScores } from './check-scores.ts'
import { midRanks } from './mid-ranks.ts'

/**
 * The area under the ROC curve: the chance that a positive row scores above a negative one, ties counted half.
 * `null` where there is no row of one of the two classes, because then it says nothing.
 * Throws `TableError` `setting_invalid` for lists of two lengths or a score that is `NaN`.
 */
export function rocAuc(isPositive: readonly boolean[], scores: ArrayLike<number>): number | null {
  checkScores(isPositive, scores)
  const positives = isPositive.filter(Boolean).length
  const negatives = isPositive.length - positives
  if (positives === 0 || negatives === 0) return null
  const rankSum = midRanks(scores).reduce((sum, rank, row) => (isPositive[row] ? sum + rank : sum), 0)
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
