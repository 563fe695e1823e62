import { resolve } from 'node:path'
import { command } from '../../manifest/command.ts'
import { driftText } from '../../monitoring/drift-text.ts'
import { driftView } from '../../monitoring/drift-view.ts'
import { writeWhole } from '../../output/write-whole.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'monitor show',
  summary: 'Show how what a deployment answers differs from what its version met at training',
  description: `Features, probabilities and labels of the latest window, most drifted first, with those before it, the breaches, and how
well it did where labels were imported. What counts as drift stands in the settings of the deployment, under \`monitoring\`. The HTML file holds everything it shows.`,
  args: { name: { summary: 'Deployment' } },
  options: {
    windows: { value: 'N', integer: true, default: 50, summary: 'How many windows to look back (1 to 200)' },
    format: { value: 'FORMAT', choices: ['text', 'markdown', 'html'], default: 'text', summary: 'How to show it' },
    output: { short: 'o', value: 'FILE', summary: 'File to write (default: standard output)' },
  },
  examples: [
    'airlock monitor show cancer-api --workspace enterprise-production',
    'airlock monitor show cancer-api --workspace enterprise-production --format html -o drift.html',
  ],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const path = { project, deployment: args.name }
    const { items: windows } = await client.listWindows({ ...path, limit: options.windows })
    const { items: breaches } = await client.listBreaches({ ...path, limit: 100 })
    const performance = await client.showPerformance(path).catch((error: Error) => {
      context.note(`How well it does cannot be said: ${error.message}`)
      return null
    })
    const known = { windows, breaches, performance }
    const view = driftView(args.name, known)
    const data = { deployment: args.name, ...known }
    const render = async () => {
      if (options.format === 'html') return (await import('../../monitoring/drift-html.ts')).driftHtml(view)
      if (options.format === 'markdown') return (await import('../../monitoring/drift-markdown.ts')).driftMarkdown(view)
      return await driftText(view, context)
    }
    if (options.output === undefined) return { data, text: async () => (await render()).trimEnd() }
    const file = resolve(context.cwd, options.output)
    await writeWhole(file, await render())
    return { data: { file, format: options.format, ...data }, text: () => `wrote the drift of ${args.name} to ${file}` }
  },
})
