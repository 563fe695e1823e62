import { TableError } from '../table/table-error.ts'

/** Refuses lists of two lengths and scores that are `NaN`. */
export function checkScores(isPositive: readonly boolean[], scores: ArrayLike<number>): void {
  if (isPositive.length !== scores.length) {
    const message = `There are ${isPositive.length} true labels and ${scores.length} scores. Pass one of each for every row.`
    throw new TableError('setting_invalid', message)
  }
  if (Array.prototype.some.call(scores, Number.isNaN)) throw new TableError('setting_invalid', 'A score is NaN.')
}

/** The same, and refuses scores that are no probabilities. */
export function checkProbabilities(isPositive: readonly boolean[], probabilities: ArrayLike<number>): void {
  checkScores(isPositive, probabilities)
  const row = Array.prototype.findIndex.call(probabilities, (p: number) => p < 0 || p > 1)
  if (row < 0) return
  const message = `Row ${row + 1} has the probability ${probabilities[row]}, which is not from 0 to 1. Pass probabilities, not scores.`
  throw new TableError('setting_invalid', message, { row: row + 1 })
}
