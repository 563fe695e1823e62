import { exitCodes } from '../exit-codes.ts'
import { command } from '../manifest/command.ts'
import { environmentOption, paramOption, stackOption, versionOptions } from '../run/options.ts'
import { runResult } from '../run/print.ts'
import { runByName } from '../run/run-by-name.ts'

export default command({
  name: 'run',
  summary: 'Compile a pipeline and run it',
  description: `Exit code 1 when the run failed. A pipeline called like a verb of \`airlock run\` is run with \`airlock snapshot build
--run\`.

With --watch it runs again whenever a file is saved that the pipeline is made of, until Ctrl-C. Only what changed is run:
every step is cached but one that says \`cache: false\`. A save during a run cancels that run. A watched training makes no
version.`,
  args: { pipeline: { summary: 'Pipeline: the name of its file in src/pipelines/' } },
  options: {
    environment: environmentOption,
    stack: stackOption,
    param: paramOption,
    modelVersion: versionOptions.modelVersion,
    stage: versionOptions.stage,
    noCache: { summary: 'Run every step, and keep what it makes for later runs' },
    champion: versionOptions.champion,
    watch: { summary: 'Run it again at each save, in the environment local' },
  },
  examples: [
    'airlock run training --environment staging',
    'airlock run training --param trees=200',
    'airlock run training --watch',
    'airlock run batch-inference --environment production --stage production',
    'airlock run champion-challenger --environment staging --model-version 4',
  ],
  run: async ({ args: { pipeline }, options, context }) => {
    const { watch, param: params, ...rest } = options
    const request = { pipeline, params, ...rest }
    if (watch) {
      const { watchPipeline } = await import('../watch/watch-pipeline.ts')
      return await watchPipeline(context, request)
    }
    const run = await runByName(context, request)
    const exitCode = run.status === 'completed' ? exitCodes.done : exitCodes.refused
    return { ...runResult(run, context, { told: true }), exitCode }
  },
})
