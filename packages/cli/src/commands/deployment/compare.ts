import { resolve } from 'node:path'
import type { LiveComparison } from '@airlock-ml/contract'
import type { Context } from '../../context.ts'
import { sinceOf } from '../../cost/parse-since.ts'
import { command } from '../../manifest/command.ts'
import { coloursFor } from '../../output/colours.ts'
import { writeWhole } from '../../output/write-whole.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment compare',
  summary: 'Judge a challenger by what it answered beside the champion, and the labels that came since',
  description:
    'What a shadow answered is paired with the champion’s answers by their ids; what a canary answered is held against what the champion answered meanwhile. In a rollout who newly holds the stage is the challenger, and who held it before the champion. It is judged by the comparison as it was registered when it began. The verdict is kept as evidence, `asserted`, so that a gate can ask for it. Labels come by `airlock label import`.',
  args: { name: { summary: 'Deployment' } },
  options: {
    challenger: { value: 'N', integer: true, summary: 'Version that is tried (default: what is rolled out, else set)' },
    comparison: {
      value: 'NAME',
      summary: 'Registered comparison that judges (default: the one named when it began, or the only one of the model)',
    },
    since: {
      value: 'TIME',
      summary: 'Predictions from then on, as `7d`, `24h` or a date (default: all since it began)',
    },
    format: {
      value: 'FORMAT',
      choices: ['text', 'md', 'html'],
      default: 'text',
      summary: 'For a terminal, as Markdown, or HTML with plots',
    },
    output: { short: 'o', value: 'FILE', summary: 'File to write (default: standard output)' },
  },
  examples: [
    'airlock deployment compare cancer-api --workspace enterprise-production',
    'airlock deployment compare cancer-api --challenger 4 --format html -o comparison.html',
  ],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const { challenger, comparison, since } = options
    const from = since === undefined ? undefined : sinceOf(since, context.now())
    const body = {
      ...(challenger !== undefined && { challenger }),
      ...(comparison !== undefined && { comparison }),
      ...(from !== undefined && { from }),
    }
    const found = await client.compareDeployment({ project, deployment: args.name, body })
    // A file has no colours.
    const shownTo = options.output === undefined ? context : { ...context, colours: coloursFor({}, {}) }
    const rendered = await renderer[options.format](found, shownTo)
    if (options.output === undefined) return { data: found, text: () => rendered.trimEnd() }
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, rendered)
    return { data: { file, ...found }, text: () => `${found.result.verdict}: ${found.result.reason}\nwrote ${file}` }
  },
})

const renderer = {
  text: async (found: LiveComparison, context: Context) =>
    (await import('../../comparison/live-text.ts')).liveText(found, context),
  md: async (found: LiveComparison) => (await import('../../comparison/live-report.ts')).liveMarkdown(found),
  html: async (found: LiveComparison) => (await import('../../comparison/live-report.ts')).liveHtml(found),
}
