import { type Environment, type HeldStage, PlatformError, type Run } from '@airlock-ml/contract'
import { noteJudgement } from '../comparison/note-judgement.ts'
import type { Context } from '../context.ts'
import { openWorkspace } from '../workspace/open.ts'
import { type Compiled, compilePipeline } from './compile-pipeline.ts'
import { execute } from './execute.ts'

export type RunRequest = {
  pipeline: string
  environment: Environment
  stack?: string | undefined
  params: readonly string[]
  modelVersion?: number | undefined
  stage?: HeldStage | undefined
  champion?: number | undefined
  noCache?: boolean
  /** Of `--watch`: every step may be cached, and no version is registered. */
  watched?: boolean
  signal?: AbortSignal
  onCompiled?: (compiled: Compiled) => Promise<void>
}

/** Compiles a pipeline of the project at hand and runs it. Throws `cli_usage_invalid` for options that do not fit it. */
export async function runByName(context: Context, request: RunRequest): Promise<Run> {
  const { pipeline, modelVersion, stage, champion, noCache = false, watched = false, signal } = request
  if (modelVersion && stage) {
    throw new PlatformError(
      'cli_usage_invalid',
      '--model-version and --stage both say which version: give one of them.',
    )
  }
  const { environment, stack, params, onCompiled } = request
  const compiled = await compilePipeline(context, { pipeline, environment, stack, params, watched })
  await onCompiled?.(compiled)
  const action = compiled.spec.model?.action
  if (champion && action !== 'compares')
    throw new PlatformError('cli_usage_invalid', `--champion is for comparing, and ${pipeline} compares nothing.`)
  if ((modelVersion || stage) && action !== 'consumes' && action !== 'compares') {
    const option = modelVersion ? '--model-version' : '--stage'
    throw new PlatformError('cli_usage_invalid', `${option} pins a version to read, and ${pipeline} reads none.`)
  }
  const workspace = await openWorkspace(context, compiled.workspace)
  const version = modelVersion ? { number: modelVersion } : stage ? { stage } : undefined
  const run = await execute(context, {
    ...{ compiled, workspace, snapshot: compiled.spec, version },
    champion: champion ? { number: champion } : undefined,
    cache: { renew: noCache, watched },
    ...(signal && { signal }),
  })
  if (action === 'compares' && run.status === 'completed') await noteJudgement(context, workspace, run)
  return run
}
