import { Stage } from '@airlock-ml/contract'
import { command } from '../../../manifest/command.ts'
import { pageOptions } from '../../../manifest/global-options.ts'
import { originText } from '../../../model/print.ts'
import { metricsText, shortDigest } from '../../../output/show.ts'
import { listed } from '../../../output/table.ts'
import { relativeTime } from '../../../output/time.ts'
import { openWorkspace } from '../../../workspace/open.ts'

export default command({
  name: 'model version list',
  summary: 'List versions of a model, newest first',
  args: { model: { summary: 'Model' } },
  options: { stage: { value: 'STAGE', summary: 'In this stage only', choices: Stage.options }, ...pageOptions },
  examples: ['airlock model version list breast_cancer_classifier --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project, name: workspace } = await openWorkspace(context)
    return listed(
      await client.listModelVersions({ project, model: args.model, ...options }),
      {
        Version: ({ number }) => number,
        Stage: ({ stage }) => stage,
        Barred: ({ marks }) => marks.map(({ mark }) => mark).join(', '),
        From: (version) => originText(version, workspace),
        Metrics: ({ metrics }) => metricsText(metrics),
        Digest: ({ digest }) => shortDigest(digest),
        By: ({ createdBy }) => createdBy,
        Registered: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
