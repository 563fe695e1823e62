import { comparisonNames, loadComparison } from '@airlock-ml/sdk'
import { marginsText } from '../../comparison/print.ts'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { shortDigest } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openProjectFolder } from '../../project/config.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'comparison list',
  summary: 'List versions of registered comparisons, newest first',
  description:
    'Each judges held-out rows, shadow, canary and rollout alike. What was found by them: `airlock model comparisons`. With --declared, the files of `governance/comparisons` instead, which `airlock comparison apply` registers.',
  options: { declared: { summary: 'What this project declares, registered or not' }, ...pageOptions },
  examples: ['airlock comparison list --workspace enterprise-production', 'airlock comparison list --declared'],
  run: async ({ options: { declared, ...page }, context }) => {
    if (declared) {
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
    }
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listRegisteredComparisons({ project, ...page }),
      {
        Name: ({ name }) => name,
        Version: ({ version }) => version,
        Model: ({ spec }) => spec.model,
        Margins: ({ spec }) => marginsText(spec.margins),
        Rows: ({ spec }) => spec.minimumSample.rows,
        Confidence: ({ spec }) => spec.confidence,
        Digest: ({ digest }) => shortDigest(digest),
        By: ({ appliedBy }) => appliedBy,
        Applied: ({ appliedAt }) => relativeTime(appliedAt, context.now()),
      },
      context,
    )
  },
})
