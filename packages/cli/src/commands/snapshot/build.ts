import { exitCodes } from '../../exit-codes.ts'
import { command } from '../../manifest/command.ts'
import { compilePipeline } from '../../run/compile-pipeline.ts'
import { execute } from '../../run/execute.ts'
import { environmentOption, paramOption, stackOption } from '../../run/options.ts'
import { runResult } from '../../run/print.ts'
import { snapshotResult } from '../../snapshot/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'snapshot build',
  summary: 'Compile a pipeline and store it in a workspace',
  description:
    'The same code and parameters give the same snapshot. With `--run` it is run, too, and the run is printed.',
  options: {
    pipeline: { value: 'NAME', summary: 'Pipeline: the name of its file in src/pipelines/', required: true },
    environment: environmentOption,
    stack: stackOption,
    param: paramOption,
    run: { summary: 'Run it' },
  },
  examples: [
    'airlock snapshot build --pipeline training --environment staging --stack staging-stack --run',
    'airlock snapshot build --pipeline batch-inference --environment production --workspace enterprise-production',
  ],
  run: async ({ options, context }) => {
    const { environment, stack, param: params } = options
    const compiled = await compilePipeline(context, { pipeline: options.pipeline, environment, stack, params })
    const workspace = await openWorkspace(context, compiled.workspace)
    const { client, project } = workspace
    const snapshot = await client.createSnapshot({ project, body: compiled.spec })
    if (!options.run) return snapshotResult(snapshot, context)
    const run = await execute(context, { compiled, workspace, snapshot: { id: snapshot.id } })
    const exitCode = run.status === 'completed' ? exitCodes.done : exitCodes.refused
    return { ...runResult(run, context, { told: true }), exitCode }
  },
})
