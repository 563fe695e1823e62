import { comparisonNames, loadComparison } from '@airlock-ml/sdk'
import { marginsText } from '../../comparison/print.ts'
import { command } from '../../manifest/command.ts'
import { listed } from '../../output/table.ts'
import { openProjectFolder } from '../../project/config.ts'

export default command({
  name: 'comparison list',
  summary: 'List the comparisons that this project declares',
  description:
    'Each is a file of `governance/comparisons`, and judges held-out rows, shadow and canary alike. What was found by them: `airlock model comparisons`.',
  examples: ['airlock comparison list'],
  run: async ({ context }) => {
    const { dir } = await openProjectFolder(context.cwd)
    const items = await Promise.all((await comparisonNames(dir)).map((name) => loadComparison(dir, name)))
    return listed(
      { items, nextCursor: null },
      {
        Name: ({ name }) => name,
        Model: ({ model }) => model,
        'Judged by': ({ judgedBy }) => judgedBy,
        Margins: ({ margins }) => marginsText(margins),
        Slices: ({ slices }) => slices.length,
        Rows: ({ minimumSample }) => minimumSample.rows,
        Confidence: ({ confidence }) => confidence,
      },
      context,
    )
  },
})
