import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { writeWhole } from '../output/write-whole.ts'
import { driftText } from './drift-text.ts'
import type { DriftView } from './drift-view.ts'

/** How drift is shown, and where to. */
export const driftOptions = {
  format: { value: 'FORMAT', choices: ['text', 'markdown', 'html'], default: 'text', summary: 'How to show it' },
  output: { short: 'o', value: 'FILE', summary: 'File to write (default: standard output)' },
} as const

type Shown = { view: DriftView; data: object; format: string; output: string | undefined }

/** The result of whatever shows drift: on standard output, or in a file. */
export async function shownDrift({ view, data, format, output }: Shown, context: Context): Promise<Result> {
  const render = async () => {
    if (format === 'html') return (await import('./drift-html.ts')).driftHtml(view)
    if (format === 'markdown') return (await import('./drift-markdown.ts')).driftMarkdown(view)
    return await driftText(view, context)
  }
  if (output === undefined) return { data, text: async () => (await render()).trimEnd() }
  const file = resolve(context.cwd, output)
  await writeWhole(file, await render())
  return { data: { file, format, ...data }, text: () => `wrote ${view.title.replace('Drift', 'the drift')} to ${file}` }
}
