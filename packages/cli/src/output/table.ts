import type { Context } from '../context.ts'
import type { Result } from './result.ts'

type Page<T> = { items: T[]; nextCursor: string | null }
/** Heading → what stands below it. */
export type Columns<T> = Record<string, (item: T) => string | number | boolean | null | undefined>

const cell = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value)

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** A plain table without lines. */
export async function table<T>(items: readonly T[], columns: Columns<T>, context: Context): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const rows = new Table({
    head: Object.keys(columns).map((heading) => context.colours.dim(heading.toUpperCase())),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
  })
  for (const item of items) rows.push(Object.values(columns).map((read) => cell(read(item))))
  const lines = rows.toString().split('\n')
  return lines.map((line) => line.trimEnd()).join('\n')
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
