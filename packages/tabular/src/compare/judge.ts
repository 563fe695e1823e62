import type { ComparedMetrics, SliceComparison, Verdict } from './comparison.ts'
import type { ComparisonDefinition, MetricName } from './definition.ts'

export type Judged = {
  /** Of the side that has fewer. */
  rows: number
  smallerClass: number
  metrics: ComparedMetrics
  slices: readonly SliceComparison[]
}

/**
 * The verdict, and why. In this order: too few rows say nothing; a metric that is worse by its corrected test, of all
 * rows or of a slice, makes the challenger `worse`, be it ever so little; a margin that the interval of a metric does not
 * keep leaves it open; then `better` by the corrected test of the metric that was chosen beforehand, else `not worse`.
 */
export function judge(
  { rows, smallerClass, metrics, slices }: Judged,
  { judgedBy, margins, minimumSample, confidence }: ComparisonDefinition,
): { verdict: Verdict; reason: string } {
  const unclear = (reason: string) => ({ verdict: 'not enough data' as const, reason })
  if (rows < minimumSample.rows) return unclear(`There are ${rows} rows, and ${minimumSample.rows} are asked for.`)
  if (smallerClass < minimumSample.ofEachClass)
    return unclear(`The smaller class has ${smallerClass} rows, and ${minimumSample.ofEachClass} are asked for.`)
  const level = Number((1 - confidence).toPrecision(6))
  const byTest = `(Holm-adjusted p below ${level})`
  const worse = [
    ...changed(metrics, { level, sign: -1 }),
    ...slices.flatMap((slice) => changed(slice.metrics, { level, sign: -1 }).map((name) => `${name} of ${slice.name}`)),
  ]
  if (worse.length > 0) return { verdict: 'worse', reason: `The challenger is worse in ${worse.join(', ')} ${byTest}.` }
  const said: string[] = []
  for (const [name, margin] of Object.entries(margins) as [MetricName, number][]) {
    const interval = metrics[name]?.difference.interval
    if (!interval) return unclear(`These rows give no interval for the difference in ${name}.`)
    const from = `The difference in ${name} lies between ${signed(interval.low)} and ${signed(interval.high)}`
    if (interval.low <= -margin) return unclear(`${from}, which does not rule out a loss of more than ${margin}.`)
    said.push(`${from}, all of it above the margin of -${margin}.`)
  }
  if (changed(metrics, { level, sign: 1 }).includes(judgedBy))
    return { verdict: 'better', reason: `The challenger is better in ${judgedBy} ${byTest}.` }
  return { verdict: 'not worse', reason: said.join(' ') }
}

const changed = (metrics: ComparedMetrics, { level, sign }: { level: number; sign: 1 | -1 }): MetricName[] =>
  (Object.keys(metrics) as MetricName[]).filter((name) => {
    const { adjustedP, difference } = metrics[name]!
    return adjustedP !== null && adjustedP < level && difference.value * sign > 0
  })

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`
