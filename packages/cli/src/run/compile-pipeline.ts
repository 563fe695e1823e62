import type { Environment, SnapshotSpec } from '@airlock-ml/contract'
import type { Pipeline } from '@airlock-ml/sdk'
import {
  codeOf,
  compile,
  dependenciesOf,
  type Hooks,
  loadConfig,
  loadEnvironment,
  loadHooks,
  loadPipeline,
} from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import { readSession } from '../project/session.ts'
import { dirtyCodeWarning } from './dirty-code.ts'

export type CompileRequest = {
  pipeline: string
  environment: Environment
  stack: string | undefined
  params: readonly string[]
  /** Of `--watch`: every step may be cached, and no version is registered. */
  watched?: boolean
  /** Only to look at: nothing is trained from it. */
  drawn?: boolean
}

export type Compiled = {
  projectDir: string
  pipeline: Pipeline
  spec: SnapshotSpec
  labels: Readonly<Record<string, string>>
  hooks: Hooks
  /** Where it is to run: of `--workspace`, else of the environment. */
  workspace: string
}

/** Loads one pipeline of the project at hand and compiles it for an environment. Nothing is stored. */
export async function compilePipeline(context: Context, request: CompileRequest): Promise<Compiled> {
  // First, so that the project finds the platform's packages when it has none of its own.
  await openProjectFolder(context.cwd)
  const { projectDir, config } = await loadConfig(context.cwd)
  const { environment } = request
  const pipeline = await loadPipeline(projectDir, config, request.pipeline)
  const { params: paramOverrides } = request
  const loaded = await loadEnvironment(projectDir, { config, environment, pipeline, paramOverrides })
  const workspace = context.flags.workspace ?? loaded.workspace
  const session = await readSession(projectDir)
  const chosen = environment === 'local' ? session.stacks?.[workspace] : undefined
  const compiled = compile(pipeline, {
    params: loaded.params,
    environment,
    stack: request.stack ?? chosen ?? loaded.stack,
    code: { ...(await codeOf(projectDir)), dependencies: await dependenciesOf(projectDir) },
    hooks: config.hooks,
    cacheAll: request.watched ?? false,
  })
  const registersNone = request.watched && compiled.model?.action === 'trains'
  const spec = registersNone ? { ...compiled, model: null } : compiled
  const warning = request.drawn ? null : dirtyCodeWarning(spec)
  if (warning) context.note(context.colours.yellow(warning))
  const hooks = await loadHooks(projectDir, config.hooks)
  return { projectDir, pipeline, spec, labels: loaded.labels, hooks, workspace }
}
