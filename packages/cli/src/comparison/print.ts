import type { Comparison, Estimate, MetricComparison } from '@airlock-ml/tabular/compare'
import type { Context } from '../context.ts'
import { fieldLines } from '../output/show.ts'
import { table } from '../output/table.ts'
import type { ComparedVersions } from './compare.ts'

const MOST_ROWS = 20

/** What `model compare` prints: the verdict and why, a line a metric, and the first rows in dispute. */
export async function comparisonText(found: ComparedVersions, context: Context): Promise<string> {
  const { discordant, agreement } = found
  const head = fieldLines(
    {
      model: found.model,
      champion: `version ${found.champion.number}`,
      challenger: `version ${found.challenger.number}`,
      verdict: colourOf(found.verdict, context)(found.verdict),
      why: found.reason,
      rows: `${found.rows} held out from both`,
      'judged by': `${found.definition.name}: ${found.judgedBy}, ${marginsText(found.margins)}`,
      registered: found.registered === null ? 'not as it is declared here' : `as version ${found.registered}`,
      'only one right': `champion ${discordant.onlyChampion}, challenger ${discordant.onlyChallenger}; McNemar p ${pText(discordant.p)}`,
      agreement: `${percent(agreement.share)}, kappa ${agreement.kappa === null ? 'not defined' : agreement.kappa.toFixed(3)}`,
    },
    context,
  )
  const metrics = await table(
    rowsOf(found),
    {
      Metric: ([name]) => name,
      Champion: ([, { champion }]) => estimateText(champion),
      Challenger: ([, { challenger }]) => estimateText(challenger),
      Difference: ([, { difference }]) => estimateText(difference, '+'),
      p: ([, { p }]) => pText(p),
      'p (Holm)': ([, { adjustedP }]) => pText(adjustedP),
    },
    context,
  )
  return [head, metrics, ...(await disputedText(found, context))].join('\n\n')
}

/** A line a metric, those of slices after those of all rows. */
const rowsOf = ({ metrics, slices }: Comparison): [string, MetricComparison][] => [
  ...Object.entries(metrics),
  ...slices.flatMap(({ name, rows, metrics }) =>
    Object.entries(metrics).map(([metric, found]): [string, MetricComparison] => [
      `${metric} of ${name} (${rows})`,
      found,
    ]),
  ),
]

/** The margins, as a person reads them. */
export const marginsText = (margins: Readonly<Record<string, number>>): string =>
  Object.entries(margins)
    .map(([name, margin]) => `${name} may lose ${margin}`)
    .join(', ')

async function disputedText({ disputed, disputedRows }: ComparedVersions, context: Context): Promise<string[]> {
  if (disputedRows === 0) return ['No row is in dispute.']
  const shown = disputed.slice(0, MOST_ROWS)
  const heading = `Rows in dispute: ${disputedRows}${disputedRows > shown.length ? `, the first ${shown.length}` : ''}`
  const columns = {
    Row: ({ row }: (typeof shown)[number]) => row,
    Truth: ({ actual }: (typeof shown)[number]) => actual,
    Champion: (each: (typeof shown)[number]) => `${each.champion} (${each.championScore.toFixed(3)})`,
    Challenger: (each: (typeof shown)[number]) => `${each.challenger} (${each.challengerScore.toFixed(3)})`,
  }
  return [`${heading}\n${await table(shown, columns, context)}`]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

export const pText = (p: number | null): string => (p === null ? 'no test' : p < 0.0001 ? '< 0.0001' : p.toFixed(4))

/** A number with its interval; a difference shows its sign. */
export function estimateText({ value, interval }: Estimate, plus = ''): string {
  const text = (number: number) => `${number < 0 ? '-' : plus}${Math.abs(number).toFixed(3)}`
  return interval ? `${text(value)} (${text(interval.low)} to ${text(interval.high)})` : text(value)
}

/** Green, yellow or red. */
export function colourOf(verdict: ComparedVersions['verdict'], { colours }: Context): (text: string) => string {
  if (verdict === 'worse') return colours.red
  return verdict === 'not enough data' ? colours.yellow : colours.green
}
