import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'policy show',
  summary: 'Show the policy in force for a stage, or one of its versions',
  args: { stage: { summary: 'Stage', choices: HeldStage.options } },
  options: { version: { value: 'N', integer: true, summary: 'Version (default: the one in force)' } },
  examples: ['airlock policy show production --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const policy = await client.showPolicy({ project, stage: args.stage, version: options.version })
    const { required, roles } = policy.spec.approvals
    return shown(
      policy,
      {
        name: policy.name,
        stage: policy.stage,
        version: policy.version,
        digest: policy.digest,
        approvals: required === 0 ? 'none' : `${required} of ${roles.join(' or ')}`,
        applied: `${policy.appliedAt} by ${policy.appliedBy}`,
      },
      {
        context,
        more: () =>
          table(
            policy.spec.gates,
            {
              Gate: ({ name }) => name,
              Expression: ({ expression }) => expression,
              Grade: ({ grade }) => grade,
              Message: ({ message }) => message,
            },
            context,
          ),
      },
    )
  },
})
