import { plain } from '../evidence/markdown.ts'
import { tableMarkdown } from '../report/markdown.ts'
import { driftTables, headOf } from './drift-tables.ts'
import type { DriftView } from './drift-view.ts'

/** What is watched as Markdown, for an issue. */
export const driftMarkdown = (view: DriftView): string =>
  `${[`# Drift of ${plain(view.deployment)}`, headOf(view).map(plain).join('\n'), ...driftTables(view).map(tableMarkdown)].join('\n\n')}\n`
