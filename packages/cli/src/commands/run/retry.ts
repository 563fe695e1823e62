import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { compiledAgain } from '../../run/compiled-again.ts'
import { execute } from '../../run/execute.ts'
import { runResult } from '../../run/print.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run retry',
  summary: 'Run what a failed, lost or cancelled run left undone',
  description: `A new run of the same snapshot. What steps had completed is taken over, where it is still there and was made of
the same bytes; it goes on at the step that failed. Refused when the code of the project is not what the snapshot was
compiled from.`,
  args: { id: runArg },
  examples: ['airlock run retry 0198c0de-0000-7000-8000-000000000000'],
  run: async ({ args, context }) => {
    const workspace = await openWorkspace(context)
    const runId = await whichRun(workspace, args.id)
    const compiled = await compiledAgain(context, workspace, runId)
    const { snapshotId, ...rest } = compiled
    const run = await execute(context, {
      compiled: rest,
      workspace,
      snapshot: { id: snapshotId },
      retryOf: runId,
    })
    const exitCode = run.status === 'completed' ? exitCodes.done : exitCodes.refused
    return { ...runResult(run, context, { told: true }), exitCode }
  },
})
