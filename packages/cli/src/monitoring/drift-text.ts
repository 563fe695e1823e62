import type { Context } from '../context.ts'
import { table } from '../output/table.ts'
import { driftTables, sparkText } from './drift-tables.ts'
import type { DriftView, Level } from './drift-view.ts'

const MOST_ROWS = 15
const MOST_SPARKS = 24

/** What is watched for a terminal: the most drifted first, with PSI over the windows as a line of bars. */
export async function driftText(view: DriftView, context: Context): Promise<string> {
  const head = view.head.join('\n')
  const tables = driftTables(view)
  const drift = tables.find(({ title }) => title === 'Drift')
  const others = tables.filter((each) => each !== drift)
  const rows = (drift?.rows ?? []).slice(0, MOST_ROWS).map((cells, i) => ({ cells, row: view.rows[i]! }))
  const headings = drift?.headings ?? []
  const columns = Object.fromEntries(
    headings.map((heading, at) => [
      heading,
      ({ cells }: (typeof rows)[number]) => (at === 1 ? levelText(cells[1] as Level, context) : cells[at]),
    ]),
  )
  const drifts = !drift
    ? ''
    : await table(rows, { ...columns, Windows: ({ row }) => sparkText(row.history.slice(-MOST_SPARKS), 0.25) }, context)
  const left = view.rows.length - rows.length
  const more = left > 0 ? context.colours.dim(`and ${left} more: --format html shows all`) : ''
  const rest = await Promise.all(
    others
      .filter(({ title }) => title !== 'Labels')
      .map(async ({ title, headings, rows }) => {
        const byHeading = Object.fromEntries(
          headings.map((heading, at) => [heading, (cells: readonly string[]) => cells[at]]),
        )
        return `${title}\n${await table(rows.slice(0, MOST_ROWS), byHeading, context)}`
      }),
  )
  return [head, [drifts, more].filter(Boolean).join('\n'), ...rest].filter(Boolean).join('\n\n')
}

function levelText(level: Level, { colours }: Context): string {
  if (level === 'ok') return colours.green(level)
  return level === 'warn' ? colours.yellow(level) : colours.red(level)
}
