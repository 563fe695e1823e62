import jstat from 'jstat'
import { TableError } from '../table/table-error.ts'
import { agreementOf } from './agreement.ts'
import { discordantRows, pairedMetrics, type UntestedMetrics, unpairedMetrics } from './compare-metrics.ts'
import type {
  ComparedMetrics,
  Comparison,
  DisputedRow,
  OwnRows,
  PairedComparison,
  PairedRows,
  SliceComparison,
  UnpairedRows,
} from './comparison.ts'
import { type ComparisonDefinition, checkDefinition, type MetricName } from './definition.ts'
import { holm } from './holm.ts'
import { judge } from './judge.ts'
import { mcnemarExact } from './mcnemar.ts'
import { pairedSlice, unpairedSlice } from './slice-rows.ts'

const mostDisputed = 1_000

/**
 * Holds two models' predictions against each other as a definition says: metrics with intervals, tests, slices, and a
 * verdict. On the same rows, as held-out ones or those of a shadow, the tests are paired; on rows that each side has of
 * its own, as those of a canary, they are not. Pure: equal input gives equal output.
 *
 * Throws `TableError` `setting_invalid` for a definition that cannot be, for no rows, lists of different lengths, and a
 * score that is no number.
 */
export function compareWith(definition: ComparisonDefinition, rows: PairedRows): PairedComparison
export function compareWith(definition: ComparisonDefinition, rows: PairedRows | UnpairedRows): Comparison
export function compareWith(definition: ComparisonDefinition, rows: PairedRows | UnpairedRows): Comparison {
  checkDefinition(definition)
  const z = jstat.jStat.normal.inv((1 + definition.confidence) / 2, 0, 1)
  const how = { metrics: definition.metrics, positive: definition.positive, z }
  if ('actual' in rows) {
    checkSide('champion', { ...rows.champion, actual: rows.actual })
    checkSide('challenger', { ...rows.challenger, actual: rows.actual })
    const slices = definition.slices.map((slice) => {
      const within = pairedSlice(rows, slice)
      return sliceOf(slice.name, within?.actual.length ?? 0, within && pairedMetrics(within, how))
    })
    return {
      ...concluded(definition, [rows.actual], { metrics: pairedMetrics(rows, how), slices }),
      ...disputes(rows),
      paired: true,
    }
  }
  checkSide('champion', rows.champion)
  checkSide('challenger', rows.challenger)
  const slices = definition.slices.map((slice) => {
    const within = unpairedSlice(rows, slice)
    const fewer = within && Math.min(within.champion.actual.length, within.challenger.actual.length)
    return sliceOf(slice.name, fewer ?? 0, within && unpairedMetrics(within, how))
  })
  const sides = [rows.champion.actual, rows.challenger.actual]
  return {
    ...concluded(definition, sides, { metrics: unpairedMetrics(rows, how), slices }),
    ...{ discordant: null, agreement: null, disputedRows: 0, disputed: [] },
    paired: false,
  }
}

type Found = { metrics: UntestedMetrics; slices: readonly UntestedSlice[] }
type UntestedSlice = Omit<SliceComparison, 'metrics'> & { metrics: UntestedMetrics }

const sliceOf = (name: string, rows: number, metrics: UntestedMetrics | null): UntestedSlice => ({
  ...{ name, rows, metrics: metrics ?? {} },
})

/** The verdict on what was found, with the p values corrected. */
function concluded(definition: ComparisonDefinition, sides: readonly (readonly string[])[], found: Found) {
  const { positive, judgedBy, margins, minimumSample, confidence } = definition
  const smallerClassOf = (actual: readonly string[]) => {
    const positives = actual.filter((label) => label === positive).length
    return Math.min(positives, actual.length - positives)
  }
  const rows = Math.min(...sides.map(({ length }) => length))
  const [metrics] = corrected([found.metrics])
  // A family of their own: asking about more slices must not hide a loss of the whole.
  const ofSlices = corrected(found.slices.map((slice) => slice.metrics))
  const slices = found.slices.map((slice, at) => ({ ...slice, metrics: ofSlices[at]! }))
  const judged = { rows, smallerClass: Math.min(...sides.map(smallerClassOf)), metrics: metrics!, slices }
  return {
    formatVersion: 1 as const,
    definition,
    ...judge(judged, definition),
    ...{ rows, positive, judgedBy, margin: margins[judgedBy]!, margins, confidence },
    minRows: minimumSample.rows,
    minClassRows: minimumSample.ofEachClass,
    ...{ metrics: metrics!, slices },
  }
}

/** Holm's correction over all tests of these. */
function corrected(families: readonly UntestedMetrics[]): ComparedMetrics[] {
  const each = families.map((metrics) => Object.keys(metrics) as MetricName[])
  const tested = families.flatMap((metrics, at) => each[at]!.flatMap((name) => metrics[name]!.p ?? []))
  const adjusted = holm(tested)
  let next = 0
  return families.map((metrics, at) =>
    Object.fromEntries(
      each[at]!.map((name) => {
        const metric = metrics[name]!
        return [name, { ...metric, adjustedP: metric.p === null ? null : adjusted[next++]! }]
      }),
    ),
  )
}

function disputes(rows: PairedRows): Pick<PairedComparison, 'discordant' | 'agreement' | 'disputedRows' | 'disputed'> {
  const { champion, challenger } = rows
  const { onlyChampion, onlyChallenger } = discordantRows(rows, () => true)
  const disputed: DisputedRow[] = []
  let disputedRows = 0
  for (const [row, actual] of rows.actual.entries()) {
    const [first, second] = [champion.labels[row]!, challenger.labels[row]!]
    if (first === second || ++disputedRows > mostDisputed) continue
    const scores = { championScore: champion.scores[row]!, challengerScore: challenger.scores[row]! }
    const id = rows.ids?.[row] ?? String(row + 1)
    disputed.push({ row: row + 1, id, actual, champion: first, challenger: second, ...scores })
  }
  return {
    discordant: { onlyChampion, onlyChallenger, p: mcnemarExact(onlyChampion, onlyChallenger) },
    agreement: agreementOf(champion.labels, challenger.labels),
    disputedRows,
    disputed,
  }
}

function checkSide(who: 'champion' | 'challenger', { actual, labels, scores }: OwnRows): void {
  const rows = actual.length
  if (rows === 0) throw new TableError('setting_invalid', 'There are no rows to compare on. Hold some out.')
  if (labels.length !== rows || scores.length !== rows) {
    const message = `There are ${rows} true labels, but ${labels.length} labels and ${scores.length} scores of the ${who}. Pass one of each for every row.`
    throw new TableError('setting_invalid', message)
  }
  const bad = Array.from(scores).findIndex((score) => !Number.isFinite(score))
  if (bad >= 0) throw new TableError('setting_invalid', `The ${who}'s score of row ${bad + 1} is no finite number.`)
}
