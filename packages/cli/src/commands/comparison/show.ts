import { marginsText } from '../../comparison/print.ts'
import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'comparison show',
  summary: 'Show the version of a comparison that is in force, or another one',
  args: { name: { summary: 'Comparison' } },
  options: { version: { value: 'N', integer: true, summary: 'Version (default: the one in force)' } },
  examples: ['airlock comparison show live-quality', 'airlock comparison show live-quality --version 1 --json'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const found = await client.showRegisteredComparison({ project, comparison: args.name, version: options.version })
    const { spec } = found
    const { rows, ofEachClass } = spec.minimumSample
    return shown(
      found,
      {
        name: found.name,
        version: found.version,
        digest: found.digest,
        applied: `${found.appliedAt} by ${found.appliedBy}`,
        model: spec.model,
        'positive class': spec.positive,
        metrics: spec.metrics.join(', '),
        'judged by': spec.judgedBy,
        'not worse when': marginsText(spec.margins),
        'says nothing below': `${rows} rows, ${ofEachClass} of each class`,
        confidence: spec.confidence,
      },
      {
        context,
        more: () =>
          table(
            spec.slices,
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
