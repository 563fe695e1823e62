import { aucInterval, wilsonInterval } from '../metrics/intervals.ts'
import { rocAuc } from '../metrics/roc-auc.ts'
import type { ComparedRows, Comparison, MetricComparison, MetricName, Side } from './comparison.ts'
import { delongTest } from './delong.ts'
import { holm } from './holm.ts'
import { mcnemarExact } from './mcnemar.ts'
import { pairedDifference } from './paired-difference.ts'

type Untested = Omit<MetricComparison, 'adjustedP'>

/** Each metric of both sides; one that has no rows, or for the ROC AUC rows of one class only, is left out. */
export function compareMetrics(rows: ComparedRows): Comparison['metrics'] {
  const isPositive = rows.actual.map((label) => label === rows.positive)
  const found: Partial<Record<MetricName, Untested | null>> = {
    accuracy: compareShares(rows, () => true),
    recall: compareShares(rows, (row) => isPositive[row]!),
    specificity: compareShares(rows, (row) => !isPositive[row]),
    roc_auc: compareAucs(rows, isPositive),
  }
  const known = Object.entries(found).filter((entry): entry is [MetricName, Untested] => entry[1] !== null)
  const tested = known.filter(([, { p }]) => p !== null).map(([name]) => name)
  const adjusted = holm(tested.map((name) => found[name]!.p!))
  return Object.fromEntries(
    known.map(([name, metric]) => [name, { ...metric, adjustedP: adjusted[tested.indexOf(name)] ?? null }]),
  )
}

/** Rows that only one side got right, among those that count. */
export function discordantRows({ actual, champion, challenger }: ComparedRows, counts: (row: number) => boolean) {
  let [onlyChampion, onlyChallenger] = [0, 0]
  for (const [row, label] of actual.entries()) {
    if (!counts(row)) continue
    const [first, second] = [champion.labels[row] === label, challenger.labels[row] === label]
    if (first && !second) onlyChampion++
    if (second && !first) onlyChallenger++
  }
  return { onlyChampion, onlyChallenger }
}

function compareShares(rows: ComparedRows, counts: (row: number) => boolean): Untested | null {
  const counted = rows.actual.flatMap((_, row) => (counts(row) ? [row] : []))
  const pairs = counted.length
  if (pairs === 0) return null
  const estimate = ({ labels }: Side) => {
    const right = counted.filter((row) => labels[row] === rows.actual[row]).length
    return { value: right / pairs, interval: wilsonInterval(right, pairs) }
  }
  const { onlyChampion, onlyChallenger } = discordantRows(rows, counts)
  return {
    champion: estimate(rows.champion),
    challenger: estimate(rows.challenger),
    difference: {
      value: (onlyChallenger - onlyChampion) / pairs,
      interval: pairedDifference({ onlyFirst: onlyChampion, onlySecond: onlyChallenger, pairs }),
    },
    p: mcnemarExact(onlyChampion, onlyChallenger),
  }
}

function compareAucs({ champion, challenger }: ComparedRows, isPositive: readonly boolean[]): Untested | null {
  const [first, second] = [rocAuc(isPositive, champion.scores), rocAuc(isPositive, challenger.scores)]
  if (first === null || second === null) return null
  const tested = delongTest(isPositive, champion.scores, challenger.scores)
  return {
    champion: { value: first, interval: aucInterval(isPositive, champion.scores) },
    challenger: { value: second, interval: aucInterval(isPositive, challenger.scores) },
    difference: { value: second - first, interval: tested?.interval ?? null },
    p: tested?.p ?? null,
  }
}
