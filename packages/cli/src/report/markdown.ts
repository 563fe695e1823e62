import type { TrainingReport } from '@airlock-ml/tabular'
import { plain } from '../evidence/markdown.ts'
import type { DataSet } from './data-sets.ts'
import { originLines, type ReportOrigin } from './origin.ts'
import { type ReportTable, tablesOf } from './tables.ts'

/** A report as Markdown, for a pull request. Whatever stands in the report comes out as plain text. */
export function reportMarkdown(
  report: TrainingReport,
  { dataSets, origin }: { dataSets: readonly DataSet[]; origin: ReportOrigin | null },
): string {
  const of = originLines(origin).map(([name, value]) => `- ${name}: ${plain(value)}`)
  const tables = tablesOf(report, dataSets).map(tableMarkdown)
  const head = [
    `# ${plain(report.title)}`,
    '',
    ...(of.length === 0 ? [] : [...of, '']),
    `${report.rows} held-out rows; positive class: ${plain(report.positive)}`,
  ]
  return `${[head.join('\n'), ...tables].join('\n\n')}\n`
}

/** A table with its title. Whatever stands in it comes out as plain text. */
export function tableMarkdown({ title, headings, rows }: ReportTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`
  const rule = `| ${headings.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`
  return [`## ${title}`, '', line(headings), rule, ...rows.map(line)].join('\n')
}
