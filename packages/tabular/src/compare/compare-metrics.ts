import { aucInterval, wilsonInterval } from '../metrics/intervals.ts'
import { rocAuc } from '../metrics/roc-auc.ts'
import type { Estimate, MetricComparison, OwnRows, PairedRows, Side, UnpairedRows } from './comparison.ts'
import type { MetricName } from './definition.ts'
import { delongTest, unpairedAucTest } from './delong.ts'
import { mcnemarExact } from './mcnemar.ts'
import { pairedDifference } from './paired-difference.ts'
import { fisherExact, unpairedDifference } from './unpaired-difference.ts'

export type Untested = Omit<MetricComparison, 'adjustedP'>
export type UntestedMetrics = Partial<Record<MetricName, Untested>>

/** What a metric is asked about. */
export type Asked = { metrics: readonly MetricName[]; positive: string; z: number }

/** Each metric of both on the same rows; one that has no rows, or for the ROC AUC rows of one class only, is left out. */
export function pairedMetrics(rows: PairedRows, { metrics, positive, z }: Asked): UntestedMetrics {
  const isPositive = rows.actual.map((label) => label === positive)
  return found(metrics, (name) =>
    name === 'roc_auc' ? pairedAucs(rows, isPositive, z) : pairedShares(rows, counting(name, isPositive), z),
  )
}

/** The same of rows that each side has of its own. */
export function unpairedMetrics(rows: UnpairedRows, { metrics, positive, z }: Asked): UntestedMetrics {
  const positives = ({ actual }: OwnRows) => actual.map((label) => label === positive)
  const isPositive = { champion: positives(rows.champion), challenger: positives(rows.challenger) }
  return found(metrics, (name) => {
    if (name === 'roc_auc') return unpairedAucs(rows, isPositive, z)
    const side = (who: 'champion' | 'challenger') => shareOf(rows[who], rows[who], counting(name, isPositive[who]))
    const [champion, challenger] = [side('champion'), side('challenger')]
    if (champion.of === 0 || challenger.of === 0) return null
    const value = challenger.hits / challenger.of - champion.hits / champion.of
    return {
      champion: shareEstimate(champion, z),
      challenger: shareEstimate(challenger, z),
      difference: { value, interval: unpairedDifference(champion, challenger, z) },
      p: fisherExact(champion, challenger),
    }
  })
}

/** Rows that only one side got right, among those that count. */
export function discordantRows({ actual, champion, challenger }: PairedRows, counts: (row: number) => boolean) {
  let [onlyChampion, onlyChallenger] = [0, 0]
  for (const [row, label] of actual.entries()) {
    if (!counts(row)) continue
    const [first, second] = [champion.labels[row] === label, challenger.labels[row] === label]
    if (first && !second) onlyChampion++
    if (second && !first) onlyChallenger++
  }
  return { onlyChampion, onlyChallenger }
}

function found(metrics: readonly MetricName[], of: (name: MetricName) => Untested | null): UntestedMetrics {
  const known = metrics.map((name) => [name, of(name)] as const).filter(([, metric]) => metric !== null)
  return Object.fromEntries(known)
}

/** Which rows a share is of. */
function counting(name: Exclude<MetricName, 'roc_auc'>, isPositive: readonly boolean[]): (row: number) => boolean {
  if (name === 'accuracy') return () => true
  return name === 'recall' ? (row) => isPositive[row]! : (row) => !isPositive[row]
}

function shareOf({ labels }: Side, { actual }: Pick<OwnRows, 'actual'>, counts: (row: number) => boolean) {
  let [hits, of] = [0, 0]
  for (const [row, label] of actual.entries()) {
    if (!counts(row)) continue
    of++
    if (labels[row] === label) hits++
  }
  return { hits, of }
}

const shareEstimate = ({ hits, of }: { hits: number; of: number }, z: number): Estimate => ({
  value: hits / of,
  interval: wilsonInterval(hits, of, z),
})

function pairedShares(rows: PairedRows, counts: (row: number) => boolean, z: number): Untested | null {
  const champion = shareOf(rows.champion, rows, counts)
  const { of: pairs } = champion
  if (pairs === 0) return null
  const { onlyChampion, onlyChallenger } = discordantRows(rows, counts)
  return {
    champion: shareEstimate(champion, z),
    challenger: shareEstimate(shareOf(rows.challenger, rows, counts), z),
    difference: {
      value: (onlyChallenger - onlyChampion) / pairs,
      interval: pairedDifference({ onlyFirst: onlyChampion, onlySecond: onlyChallenger, pairs }, z),
    },
    p: mcnemarExact(onlyChampion, onlyChallenger),
  }
}

function pairedAucs({ champion, challenger }: PairedRows, isPositive: readonly boolean[], z: number): Untested | null {
  const [first, second] = [rocAuc(isPositive, champion.scores), rocAuc(isPositive, challenger.scores)]
  if (first === null || second === null) return null
  const tested = delongTest(isPositive, { first: champion.scores, second: challenger.scores, z })
  return {
    champion: { value: first, interval: aucInterval(isPositive, champion.scores, z) },
    challenger: { value: second, interval: aucInterval(isPositive, challenger.scores, z) },
    difference: { value: second - first, interval: tested?.interval ?? null },
    p: tested?.p ?? null,
  }
}

function unpairedAucs(
  { champion, challenger }: UnpairedRows,
  isPositive: Record<'champion' | 'challenger', readonly boolean[]>,
  z: number,
): Untested | null {
  const a = { isPositive: isPositive.champion, scores: champion.scores }
  const b = { isPositive: isPositive.challenger, scores: challenger.scores }
  const [first, second] = [rocAuc(a.isPositive, a.scores), rocAuc(b.isPositive, b.scores)]
  if (first === null || second === null) return null
  const tested = unpairedAucTest(a, b, z)
  return {
    champion: { value: first, interval: aucInterval(a.isPositive, a.scores, z) },
    challenger: { value: second, interval: aucInterval(b.isPositive, b.scores, z) },
    difference: { value: second - first, interval: tested?.interval ?? null },
    p: tested?.p ?? null,
  }
}
