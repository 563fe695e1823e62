import { join } from 'node:path'
import { didYouMean, type Environment, PlatformError } from '@airlock-ml/contract'
import type { z } from 'zod'
import type { Pipeline } from '../define/pipeline.ts'
import { coerceParam } from './coerce-param.ts'
import { readEnvironmentFile } from './environment-file.ts'
import { pipelineNames } from './load-pipeline.ts'
import type { CheckedConfig } from './project-schema.ts'

/** How one pipeline runs in one environment. */
export interface LoadedEnvironment {
  readonly environment: Environment
  readonly workspace: string
  readonly stack: string
  readonly labels: Readonly<Record<string, string>>
  /** Of the pipeline, as `compile` takes them: not yet checked by its schema. */
  readonly params: Readonly<Record<string, unknown>>
}

/** What `loadEnvironment` reads. */
export interface EnvironmentRequest {
  readonly config: CheckedConfig
  readonly environment: Environment
  readonly pipeline: Pipeline
  /** As given to `--param`: `NAME=VALUE`. They win over the file. */
  readonly paramOverrides?: readonly string[]
}

/**
 * Reads the YAML file of an environment and puts the parameters given on the command line over it.
 *
 * Throws `cli_config_invalid` for an environment that airlock.config.ts does not have, `environment_invalid` for a file
 * that is not valid or names a pipeline that has no file, `parameter_invalid` for an override without `=` or given twice.
 */
export async function loadEnvironment(projectDir: string, request: EnvironmentRequest): Promise<LoadedEnvironment> {
  const { config, environment, pipeline, paramOverrides = [] } = request
  const chosen = config.environments[environment]
  if (!chosen) {
    const hint = didYouMean(environment, Object.keys(config.environments))
    throw new PlatformError('cli_config_invalid', `airlock.config.ts has no environment "${environment}". ${hint}`)
  }
  const file = await readEnvironmentFile(join(projectDir, chosen.config), chosen.config)
  const known = await pipelineNames(projectDir, config)
  for (const name of Object.keys(file.pipelines)) {
    if (known.includes(name)) continue
    const message = `${chosen.config}: pipelines.${name} is not known. ${didYouMean(name, known)}`
    throw new PlatformError('environment_invalid', message)
  }
  const params = { ...file.pipelines[pipeline.name], ...parseOverrides(pipeline, paramOverrides) }
  return { environment, workspace: chosen.workspace, stack: chosen.stack, labels: file.labels, params }
}

function parseOverrides(pipeline: Pipeline, overrides: readonly string[]): Record<string, unknown> {
  const shape: Record<string, z.core.$ZodType> = pipeline.params?.shape ?? {}
  const params = new Map<string, unknown>()
  for (const override of overrides) {
    const at = override.indexOf('=')
    const name = override.slice(0, at)
    if (at < 1) throw new PlatformError('parameter_invalid', `"${override}" is no parameter. Write NAME=VALUE.`)
    if (params.has(name)) throw new PlatformError('parameter_invalid', `Parameter "${name}" is given twice.`)
    params.set(name, coerceParam(Object.hasOwn(shape, name) ? shape[name] : undefined, override.slice(at + 1)))
  }
  return Object.fromEntries(params)
}
