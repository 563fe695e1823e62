import { PlatformError } from '@airlock-ml/contract'
import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { gateLines } from '../../output/gates.ts'
import { readPolicyFile } from '../../policy/read-file.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'policy test',
  summary: 'Say gate by gate what a policy would make of a version or a bundle, and change nothing',
  description: 'The policy need not be applied. Exit code 1 when it would refuse.',
  args: { file: { summary: 'YAML or JSON file with the policy' } },
  options: {
    model: { value: 'NAME', summary: 'Model', required: true },
    modelVersion: { value: 'N', integer: true, summary: 'A version of this workspace' },
    bundle: { value: 'URI', summary: 'A bundle in the exchange, verified and scored again here' },
  },
  examples: [
    'airlock policy test governance/policies/staging.yaml --model breast_cancer_classifier --model-version 3',
    'airlock policy test governance/policies/production.yaml --model breast_cancer_classifier --bundle file:///… --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const { model, modelVersion: number, bundle: uri } = options
    if ((number === undefined) === (uri === undefined))
      throw new PlatformError('cli_usage_invalid', 'Name either --model-version or --bundle.')
    const spec = await readPolicyFile(context.cwd, args.file)
    const { client, project } = await openWorkspace(context)
    const subject = number === undefined ? { uri: uri! } : { number }
    const tested = await client.testPolicy({ project, body: { spec, model, subject } })
    const lines = gateLines(tested.gates, context)
    return {
      data: tested,
      text: () => `${lines}\n\nverdict  ${tested.verdict}`,
      exitCode: tested.verdict === 'passed' ? exitCodes.done : exitCodes.refused,
    }
  },
})
