import type { Comparison, MetricName, Verdict } from './comparison.ts'

const LEVEL = 0.05

type Judged = Pick<Comparison, 'rows' | 'metrics' | 'judgedBy' | 'margin' | 'minRows' | 'minClassRows'>

/**
 * The verdict, and why. In this order: too few rows say nothing; a metric that is worse by its test, corrected for
 * having asked several, makes the challenger `worse`, be it ever so little; `better` and `not worse` are said of one
 * metric, chosen beforehand: better by its corrected test, not worse when its whole interval lies above -`margin`.
 */
export function judge(
  { rows, metrics, judgedBy, margin, minRows, minClassRows }: Judged,
  smallerClass: number,
): { verdict: Verdict; reason: string } {
  const unclear = (reason: string) => ({ verdict: 'not enough data' as const, reason })
  if (rows < minRows) return unclear(`There are ${rows} rows, and ${minRows} are asked for.`)
  if (smallerClass < minClassRows)
    return unclear(`The smaller class has ${smallerClass} rows, and ${minClassRows} are asked for.`)
  const changed = (sign: number) =>
    (Object.keys(metrics) as MetricName[]).filter((name) => {
      const { adjustedP, difference } = metrics[name]!
      return adjustedP !== null && adjustedP < LEVEL && difference.value * sign > 0
    })
  const worse = changed(-1)
  if (worse.length > 0)
    return { verdict: 'worse', reason: `The challenger is worse in ${worse.join(', ')} (Holm-adjusted p below 0.05).` }
  if (changed(1).includes(judgedBy))
    return { verdict: 'better', reason: `The challenger is better in ${judgedBy} (Holm-adjusted p below 0.05).` }
  const interval = metrics[judgedBy]?.difference.interval
  if (!interval) return unclear(`These rows give no interval for the difference in ${judgedBy}.`)
  const from = `The difference in ${judgedBy} lies between ${signed(interval.low)} and ${signed(interval.high)}`
  if (interval.low > -margin)
    return { verdict: 'not worse', reason: `${from}, all of it above the margin of -${margin}.` }
  return unclear(`${from}, which does not rule out a loss of more than ${margin}.`)
}

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`
