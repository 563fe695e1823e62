import { resolve } from 'node:path'
import { definitionFor } from '../../comparison/definition.ts'
import { sinceOf } from '../../cost/since.ts'
import { command } from '../../manifest/command.ts'
import { writeWhole } from '../../output/write-whole.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment compare',
  summary: 'Judge a challenger by what it answered beside the champion, and the labels that came since',
  description:
    'What a shadow answered is paired with the champion’s answers by their ids; what a canary answered is held against what the champion answered meanwhile. In a rollout who newly holds the stage is the challenger, and who held it before the champion. The verdict is kept as evidence, `asserted`, so that a gate can ask for it. Labels come by `airlock label import`.',
  args: { name: { summary: 'Deployment' } },
  options: {
    challenger: { value: 'N', integer: true, summary: 'Version that is tried (default: the one that is set)' },
    comparison: {
      value: 'NAME',
      summary: 'Comparison of `governance/comparisons` that judges (default: the challenger’s, or that of the model)',
    },
    since: { value: 'TIME', default: '30d', summary: 'Predictions from then on, as `7d`, `24h` or a date' },
    format: { value: 'FORMAT', choices: ['md', 'html'], default: 'md', summary: 'Markdown, or HTML with plots' },
    output: { short: 'o', value: 'FILE', summary: 'File to write (default: standard output)' },
  },
  examples: [
    'airlock deployment compare cancer-api --workspace enterprise-production',
    'airlock deployment compare cancer-api --challenger 4 --format html -o comparison.html',
  ],
  run: async ({ args, options, context }) => {
    const { client, project, folder } = await openWorkspace(context)
    const { model, challenger: set, rollout, report } = await client.showDeployment({ project, deployment: args.name })
    const { challenger: number } = options
    // Which of both answers beside the champion now the workspace knows; a rollout comes first.
    const isSet = number === undefined || set?.number === number
    const name = options.comparison ?? (isSet ? set?.comparison : null) ?? rollout?.comparison ?? undefined
    const known = number ?? set?.number ?? report?.number
    const version = known == null ? undefined : await client.showModelVersion({ project, model, number: known })
    const definition = await definitionFor(folder.dir, { model, name, challenger: version })
    const from = sinceOf(options.since, context.now())
    const body = { definition, from, ...(number !== undefined && { challenger: number }) }
    const found = await client.compareDeployment({ project, deployment: args.name, body })
    const { liveHtml, liveMarkdown } = await import('../../comparison/live-report.ts')
    const rendered = options.format === 'html' ? liveHtml(found) : liveMarkdown(found)
    if (options.output === undefined) return { data: found, text: () => rendered.trimEnd() }
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, rendered)
    return { data: { file, ...found }, text: () => `${found.result.verdict}: ${found.result.reason}\nwrote ${file}` }
  },
})
