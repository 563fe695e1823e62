import type { LiveComparison } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { fieldLines } from '../output/show.ts'
import { table } from '../output/table.ts'
import { livePartsOf } from './live-report.ts'
import { colourOf } from './print.ts'

/** A comparison of what was answered, for a terminal. */
export async function liveText(found: LiveComparison, context: Context): Promise<string> {
  const { title, facts, tables } = livePartsOf(found)
  const { verdict } = found.result
  const fields = { ...Object.fromEntries(facts), verdict: colourOf(verdict, context)(verdict) }
  const shown = tables.map(async ({ title, headings, rows }) => {
    const columns = headings.map((heading, at) => [heading, (cells: readonly string[]) => cells[at]] as const)
    return `${title}\n${await table(rows, Object.fromEntries(columns), context)}`
  })
  return [context.colours.bold(title), fieldLines(fields, context), ...(await Promise.all(shown))].join('\n\n')
}
