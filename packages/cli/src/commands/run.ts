import { HeldStage, PlatformError } from '@airlock-ml/contract'
import { exitCodes } from '../exit-codes.ts'
import { command } from '../manifest/command.ts'
import { compilePipeline } from '../run/compile-pipeline.ts'
import { execute } from '../run/execute.ts'
import { environmentOption, paramOption, stackOption } from '../run/options.ts'
import { runResult } from '../run/print.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'run',
  summary: 'Compile a pipeline and run it',
  description: `Exit code 1 when the run failed. A pipeline called like a verb of \`airlock run\` is run with \`airlock snapshot build
--run\`.`,
  args: { pipeline: { summary: 'Pipeline: the name of its file in src/pipelines/' } },
  options: {
    environment: environmentOption,
    stack: stackOption,
    param: paramOption,
    modelVersion: {
      value: 'N',
      integer: true,
      summary:
        'Version that a consuming pipeline is pinned to; of one that compares, the challenger (default: the newest)',
    },
    stage: { value: 'STAGE', choices: HeldStage.options, summary: 'Pin it to the version that holds this stage' },
    noCache: { summary: 'Run every step, and keep what it makes for later runs' },
    champion: { value: 'N', integer: true, summary: 'Version that a comparing pipeline holds the challenger against' },
  },
  examples: [
    'airlock run training --environment staging',
    'airlock run training --param trees=200',
    'airlock run batch-inference --environment production --stage production',
    'airlock run champion-challenger --environment staging --model-version 4',
  ],
  run: async ({ args, options, context }) => {
    const { modelVersion: number, stage, champion: against, environment, stack, param: params, noCache } = options
    if (number && stage) {
      const fault = '--model-version and --stage both say which version: give one of them.'
      throw new PlatformError('cli_usage_invalid', fault)
    }
    const compiled = await compilePipeline(context, { pipeline: args.pipeline, environment, stack, params })
    const action = compiled.spec.model?.action
    if (against && action !== 'compares')
      throw new PlatformError(
        'cli_usage_invalid',
        `--champion is for comparing, and ${args.pipeline} compares nothing.`,
      )
    if ((number || stage) && action !== 'consumes' && action !== 'compares') {
      const option = number ? '--model-version' : '--stage'
      throw new PlatformError('cli_usage_invalid', `${option} pins a version to read, and ${args.pipeline} reads none.`)
    }
    const workspace = await openWorkspace(context, compiled.workspace)
    const version = number ? { number } : stage ? { stage } : undefined
    const champion = against ? { number: against } : undefined
    const run = await execute(context, {
      compiled,
      workspace,
      snapshot: compiled.spec,
      version,
      champion,
      renew: noCache,
    })
    const exitCode = run.status === 'completed' ? exitCodes.done : exitCodes.refused
    return { ...runResult(run, context), exitCode }
  },
})
