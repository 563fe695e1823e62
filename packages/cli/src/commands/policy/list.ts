import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { shortDigest } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'policy list',
  summary: 'List versions of policies, newest first',
  options: { stage: { value: 'STAGE', summary: 'Of this stage only', choices: HeldStage.options }, ...pageOptions },
  examples: ['airlock policy list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listPolicies({ project, ...options }),
      {
        Stage: ({ stage }) => stage,
        Version: ({ version }) => version,
        Name: ({ name }) => name,
        Gates: ({ spec }) => spec.gates.length,
        Approvals: ({ spec }) => spec.approvals.required,
        Digest: ({ digest }) => shortDigest(digest),
        By: ({ appliedBy }) => appliedBy,
        Applied: ({ appliedAt }) => relativeTime(appliedAt, context.now()),
      },
      context,
    )
  },
})
