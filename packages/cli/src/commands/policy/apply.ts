import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { command } from '../../manifest/command.ts'
import { readPolicyFile } from '../../policy/read-file.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'policy apply',
  summary: 'Put a new version of the policy of a stage in force',
  description: 'The same policy again changes nothing. Versions are kept for ever.',
  args: { file: { summary: 'YAML or JSON file with the policy' } },
  examples: ['airlock policy apply governance/policies/production.yaml --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const spec = await readPolicyFile(context.cwd, args.file)
    const { client, project, name } = await openWorkspace(context)
    const policy = await client.applyPolicy({ project, body: spec })
    if (isHeld(policy)) return heldResult(policy, { context, workspace: name })
    return {
      data: policy,
      text: () => `policy ${policy.name} version ${policy.version} guards ${policy.stage} of ${name}`,
    }
  },
})
