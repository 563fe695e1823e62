import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { runResult } from '../../run/print.ts'
import { untilEnded } from '../../run/until-ended.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run cancel',
  summary: 'End a run',
  description: `Asks for its end, and waits up to 15 seconds for it: the process of the run hears it within 2 seconds, or when the
step that keeps it busy lets go. A run whose process is gone is cancelled at once. Exit code 3 when it still runs.`,
  args: { id: runArg },
  options: { reason: { value: 'TEXT', summary: 'Why; kept with the run' } },
  examples: ['airlock run cancel 0198c0de-0000-7000-8000-000000000000 --reason "wrong data"'],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    const { client, project } = workspace
    const runId = await whichRun(workspace, args.id)
    const { reason } = options
    const asked = await client.cancelRun({ project, runId, body: { ...(reason !== undefined && { reason }) } })
    const run = await untilEnded(workspace, asked, 15_000)
    // It may have come to its own end first.
    const exitCode = { running: exitCodes.pending, cancelled: exitCodes.done }[run.status as string]
    return { ...runResult(run, context), exitCode: exitCode ?? exitCodes.refused }
  },
})
