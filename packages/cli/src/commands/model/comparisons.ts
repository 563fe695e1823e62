import { judgedByText } from '../../comparison/registered.ts'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model comparisons',
  summary: 'List the recorded comparisons of a model, newest first',
  description: `Those that runs made here, and those that came in bundles, with the workspace they are of: the numbers are that workspace's.
One whose champion, challenger or data was recalled is no evidence any more, and says why.`,
  args: { model: { summary: 'Model' } },
  options: {
    modelVersion: { value: 'N', integer: true, summary: 'Of this version only, on either side' },
    ...pageOptions,
  },
  examples: ['airlock model comparisons breast_cancer_classifier --model-version 4'],
  run: async ({ args: { model }, options: { modelVersion: number, ...page }, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listComparisons({ project, model, number, ...page }),
      {
        At: ({ comparedAt }) => comparedAt,
        Champion: ({ champion }) => champion.number,
        Challenger: ({ challenger }) => challenger.number,
        Verdict: ({ result }) => result.verdict,
        'Judged by': ({ result }) => `${result.judgedBy}, margin ${result.margin}`,
        Definition: ({ result }) => judgedByText(result.definition),
        Rows: ({ result }) => result.rows,
        Grade: ({ grade }) => grade,
        Workspace: ({ workspace }) => workspace,
        Run: ({ runId }) => runId,
        Recalled: ({ recalled }) => recalled,
      },
      context,
    )
  },
})
