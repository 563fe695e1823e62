import { loadComparison } from '@airlock-ml/sdk'
import { marginsText } from '../../comparison/print.ts'
import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { table } from '../../output/table.ts'
import { openProjectFolder } from '../../project/config.ts'

export default command({
  name: 'comparison show',
  summary: 'Show a comparison that this project declares, with its defaults',
  args: { name: { summary: 'Comparison' } },
  examples: ['airlock comparison show live-quality', 'airlock comparison show live-quality --json'],
  run: async ({ args, context }) => {
    const { dir } = await openProjectFolder(context.cwd)
    const found = await loadComparison(dir, args.name)
    const { rows, ofEachClass } = found.minimumSample
    return shown(
      found,
      {
        name: found.name,
        model: found.model,
        'positive class': found.positive,
        metrics: found.metrics.join(', '),
        'judged by': found.judgedBy,
        'not worse when': marginsText(found.margins),
        'says nothing below': `${rows} rows, ${ofEachClass} of each class`,
        confidence: found.confidence,
      },
      {
        context,
        more: () =>
          table(
            found.slices,
            {
              Slice: ({ name }) => name,
              Feature: ({ feature }) => feature,
              From: ({ atLeast }) => atLeast ?? null,
              Below: ({ below }) => below ?? null,
            },
            context,
          ),
      },
    )
  },
})
