import { PageQuery, PlatformError } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { driftView } from '../../monitoring/drift-view.ts'
import { driftOptions, shownDrift } from '../../monitoring/shown-drift.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'monitor show',
  summary: 'Show how what a deployment answers differs from what its version met at training',
  description: `Features, probabilities and labels of the latest window, most drifted first, with those before it, the breaches, what
became of the drift hooks that they called, and how well it did where labels were imported. What counts as drift stands in the settings of the deployment, under \`monitoring\`. The HTML file holds everything it shows.`,
  args: { name: { summary: 'Deployment' } },
  options: {
    windows: { value: 'N', integer: true, default: 50, summary: 'How many windows to look back (1 to 200)' },
    ...driftOptions,
  },
  examples: [
    'airlock monitor show cancer-api --workspace enterprise-production',
    'airlock monitor show cancer-api --workspace enterprise-production --format html -o drift.html',
  ],
  run: async ({ args, options, context }) => {
    if (!PageQuery.safeParse({ limit: options.windows }).success)
      throw new PlatformError('cli_usage_invalid', '--windows takes 1 to 200.')
    const { client, project } = await openWorkspace(context)
    const path = { project, deployment: args.name }
    const { items: windows } = await client.listWindows({ ...path, limit: options.windows })
    const { items: breaches } = await client.listBreaches({ ...path, limit: 100 })
    const { items: hookCalls } = await client.listDriftHooks({ ...path, limit: 100 })
    const performance = await client.showPerformance(path).catch((error: Error) => {
      context.note(`How well it does cannot be said: ${error.message}`)
      return null
    })
    const known = { windows, breaches, hookCalls, performance }
    const view = driftView(args.name, known)
    const data = { deployment: args.name, ...known }
    return await shownDrift({ view, data, ...options }, context)
  },
})
