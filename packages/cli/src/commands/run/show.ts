import { command } from '../../manifest/command.ts'
import { runResult } from '../../run/print.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run show',
  summary: 'Show a run with its steps',
  args: { id: runArg },
  options: { all: { summary: 'All steps of a run that has many, not only the first fifty' } },
  examples: ['airlock run show latest', 'airlock run show 0198c0de-0000-7000-8000-000000000000'],
  run: async ({ args, options: { all }, context }) => {
    const { client, project } = await openWorkspace(context)
    const runId = await whichRun({ client, project }, args.id)
    return runResult(await client.showRun({ project, runId }), context, { all: all === true })
  },
})
