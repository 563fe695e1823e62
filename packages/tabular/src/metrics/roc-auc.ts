import { TableError } from '../table/table-error.ts'

/**
 * The area under the ROC curve: the chance that a positive row scores above a negative one, ties counted half.
 * `null` where there is no row of one of the two classes, because then it says nothing.
 * Throws `TableError` `setting_invalid` for lists of two lengths or a score that is `NaN`.
 */
export function rocAuc(isPositive: readonly boolean[], scores: ArrayLike<number>): number | null {
  if (isPositive.length !== scores.length) {
    const message = `There are ${isPositive.length} true labels and ${scores.length} scores. Pass one of each for every row.`
    throw new TableError('setting_invalid', message)
  }
  const order = Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!)
  if (order.some((row) => Number.isNaN(scores[row]))) throw new TableError('setting_invalid', 'A score is NaN.')
  const positives = isPositive.filter(Boolean).length
  const negatives = isPositive.length - positives
  if (positives === 0 || negatives === 0) return null
  let rankSum = 0
  for (let at = 0; at < order.length; ) {
    let end = at + 1
    while (end < order.length && scores[order[end]!] === scores[order[at]!]) end++
    // Ranks count from 1; rows of one score share the middle of theirs.
    const midRank = (at + 1 + end) / 2
    for (; at < end; at++) if (isPositive[order[at]!]) rankSum += midRank
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
