import { plain } from '../evidence/markdown.ts'
import { tableMarkdown } from '../report/markdown.ts'
import { driftTables } from './drift-tables.ts'
import type { DriftView } from './drift-view.ts'

/** What is watched as Markdown, for an issue. */
export const driftMarkdown = (view: DriftView): string =>
  `${[`# ${plain(view.title)}`, view.head.map(plain).join('\n'), ...driftTables(view).map(tableMarkdown)].join('\n\n')}\n`
