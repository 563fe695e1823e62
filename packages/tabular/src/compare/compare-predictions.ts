import { TableError } from '../table/table-error.ts'
import { agreementOf } from './agreement.ts'
import { compareMetrics, discordantRows } from './compare-metrics.ts'
import { type ComparedRows, type CompareOptions, type Comparison, type DisputedRow, metricNames } from './comparison.ts'
import { judge } from './judge.ts'
import { mcnemarExact } from './mcnemar.ts'

const mostDisputed = 1_000

/**
 * Holds two models' predictions on the same rows against each other: metrics with 95 % intervals, paired tests, and a
 * verdict. Pure: equal input gives equal output.
 *
 * Throws `TableError` `setting_invalid` for no rows, lists of different lengths, a score that is no number, and options
 * out of range.
 */
export function comparePredictions(rows: ComparedRows, options: CompareOptions = {}): Comparison {
  const { judgedBy = 'accuracy', margin = 0.05, minRows = 100, minClassRows = 20 } = options
  checkRows(rows)
  checkOptions({ judgedBy, margin, minRows, minClassRows })
  const metrics = compareMetrics(rows)
  const { onlyChampion, onlyChallenger } = discordantRows(rows, () => true)
  const positives = rows.actual.filter((label) => label === rows.positive).length
  const settings = { rows: rows.actual.length, judgedBy, margin, minRows, minClassRows }
  const disputed = disputedRows(rows)
  return {
    formatVersion: 1,
    ...judge({ ...settings, metrics }, Math.min(positives, rows.actual.length - positives)),
    ...settings,
    positive: rows.positive,
    metrics,
    discordant: { onlyChampion, onlyChallenger, p: mcnemarExact(onlyChampion, onlyChallenger) },
    agreement: agreementOf(rows.champion.labels, rows.challenger.labels),
    disputedRows: disputed.length,
    disputed: disputed.slice(0, mostDisputed),
  }
}

function disputedRows({ actual, champion, challenger }: ComparedRows): DisputedRow[] {
  return actual.flatMap((label, row) => {
    const [first, second] = [champion.labels[row]!, challenger.labels[row]!]
    if (first === second) return []
    const scores = { championScore: champion.scores[row]!, challengerScore: challenger.scores[row]! }
    return [{ row: row + 1, actual: label, champion: first, challenger: second, ...scores }]
  })
}

function checkRows({ actual, champion, challenger }: ComparedRows): void {
  const rows = actual.length
  if (rows === 0) throw new TableError('setting_invalid', 'There are no rows to compare on. Hold some out.')
  for (const [who, { labels, scores }] of Object.entries({ champion, challenger })) {
    if (labels.length !== rows || scores.length !== rows) {
      const message = `There are ${rows} true labels, but ${labels.length} labels and ${scores.length} scores of the ${who}. Pass one of each for every row.`
      throw new TableError('setting_invalid', message)
    }
    const bad = Array.from(scores).findIndex((score) => !Number.isFinite(score))
    if (bad >= 0) throw new TableError('setting_invalid', `The ${who}'s score of row ${bad + 1} is no finite number.`)
  }
}

function checkOptions({ judgedBy, margin, minRows, minClassRows }: Required<CompareOptions>): void {
  const problem = !metricNames.includes(judgedBy)
    ? `judgedBy is "${judgedBy}"; it must be one of ${metricNames.join(', ')}.`
    : !(margin > 0 && margin < 1)
      ? `margin is ${margin}; it must be above 0 and below 1, such as 0.05.`
      : !(Number.isInteger(minRows) && minRows >= 1)
        ? `minRows is ${minRows}; it must be a whole number from 1.`
        : !(Number.isInteger(minClassRows) && minClassRows >= 1)
          ? `minClassRows is ${minClassRows}; it must be a whole number from 1.`
          : null
  if (problem) throw new TableError('setting_invalid', problem)
}
