import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { shortDigest } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model history',
  summary: 'Who held which stage when, newest first',
  args: { model: { summary: 'Model' } },
  options: { stage: { value: 'STAGE', summary: 'Of this stage only', choices: HeldStage.options }, ...pageOptions },
  examples: ['airlock model history breast_cancer_classifier --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listStageChanges({ project, model: args.model, ...options }),
      {
        At: ({ at }) => at,
        Stage: ({ stage }) => stage,
        Act: ({ act }) => act,
        Version: ({ number, sourceNumber }) =>
          number === sourceNumber ? number : `${number} (${sourceNumber} at its source)`,
        Before: ({ previousNumber }) => previousNumber,
        Digest: ({ digest }) => shortDigest(digest),
        By: ({ by }) => by,
        Policy: ({ policyVersion }) => policyVersion,
        Reason: ({ reason }) => reason,
      },
      context,
    )
  },
})
