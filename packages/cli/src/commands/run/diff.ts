import { command } from '../../manifest/command.ts'
import { comparedRun, filesBetween } from '../../run/compared-run.ts'
import { differenceText } from '../../run/difference-text.ts'
import { differenceOf } from '../../run/differences.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run diff',
  summary: 'Compare two runs: parameters, metrics, data, code, environment and durations',
  args: { a: runArg, b: { summary: 'Run to compare it with' } },
  examples: ['airlock run diff 0198c0de-0000-7000-8000-000000000000 0198c0de-0000-7000-8000-000000000001'],
  run: async ({ args, context }) => {
    const workspace = await openWorkspace(context)
    const [idA, idB] = [await whichRun(workspace, args.a), await whichRun(workspace, args.b)]
    const [a, b] = [await comparedRun(workspace, idA), await comparedRun(workspace, idB)]
    const commits = [a, b].map(({ spec }) => spec?.code.commit ?? null)
    const files = await filesBetween(context.cwd, commits[0] ?? null, commits[1] ?? null)
    const difference = differenceOf(a, b, files)
    return { data: difference, text: () => differenceText(difference, context) }
  },
})
