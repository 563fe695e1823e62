import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { momentOf } from '../../model/parse-moment.ts'
import { holdersResult } from '../../model/print-holders.ts'
import { shortDigest } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model history',
  summary: 'Who held which stage when, newest first; with --at the registry at that moment',
  description:
    'With `--at`: who held each stage then, since when, by whose act and on what evidence. A date is the end of that day in UTC.',
  args: { model: { summary: 'Model' } },
  options: {
    at: { value: 'TIME', summary: 'The registry at this moment: ISO with a time zone, or a date' },
    stage: { value: 'STAGE', summary: 'Of this stage only', choices: HeldStage.options },
    ...pageOptions,
  },
  examples: [
    'airlock model history breast_cancer_classifier --workspace enterprise-production',
    'airlock model history breast_cancer_classifier --at 2026-03-01T14:30Z --workspace enterprise-production',
  ],
  run: async ({ args, options: { at, ...options }, context }) => {
    const moment = at === undefined ? undefined : momentOf(at)
    const { client, project } = await openWorkspace(context)
    if (moment !== undefined)
      return holdersResult(
        await client.showHolders({ project, model: args.model, at: moment, stage: options.stage }),
        context,
      )
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
