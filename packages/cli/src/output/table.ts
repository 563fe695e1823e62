import type { Context } from '../context.ts'
import type { Result } from './result.ts'

type Page<T> = { items: T[]; nextCursor: string | null }
/** Heading → what stands below it. */
export type Columns<T> = Record<string, (item: T) => string | number | boolean | null | undefined>

const GAP = '  '
const narrow = /^[ -~]*$/

/** In one line, whatever it holds. */
const cell = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value).replaceAll(/\s*\n\s*/g, ' ')

/** A plain table without lines. */
export async function table<T>(items: readonly T[], columns: Columns<T>, context: Context): Promise<string> {
  const headings = Object.keys(columns).map((heading) => heading.toUpperCase())
  const rows = items.map((item) => Object.values(columns).map((read) => cell(read(item))))
  // What a terminal shows in two columns, or in none, is seldom there, and to know about it costs a list its time.
  const isNarrow = [headings, ...rows].every((row) => row.every((text) => narrow.test(text)))
  const widthOf = isNarrow ? (text: string) => text.length : (await import('string-width')).default
  const widths = headings.map((heading, at) => Math.max(widthOf(heading), ...rows.map((row) => widthOf(row[at]!))))
  const lineOf = (row: readonly string[], style = (text: string) => text) => {
    const padded = row.map((text, at) => style(text) + ' '.repeat(widths[at]! - widthOf(text)))
    return padded.join(GAP).trimEnd()
  }
  return [lineOf(headings, context.colours.dim), ...rows.map((row) => lineOf(row))].join('\n')
}

/** The result of a list: the page itself as JSON, a table for people. */
export function listed<T>(page: Page<T>, columns: Columns<T>, context: Context): Result {
  return {
    data: { items: page.items, nextCursor: page.nextCursor },
    text: async () => {
      if (page.items.length === 0) return context.colours.dim('none')
      if (page.nextCursor) context.note(`There are more: add --cursor ${page.nextCursor}`)
      return await table(page.items, columns, context)
    },
  }
}
