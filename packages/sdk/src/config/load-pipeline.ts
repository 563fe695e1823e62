import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { didYouMean, PlatformError } from '@airlock-ml/contract'
import { whyNotLoaded } from '../code/why-not-loaded.ts'
import { isPipeline, type Pipeline } from '../define/pipeline.ts'
import { showValue } from '../show-value.ts'
import type { CheckedConfig } from './project-schema.ts'

/** Names of the pipelines of a project, by their files, sorted. Imports none of them. */
export async function pipelineNames(projectDir: string, config: Pick<CheckedConfig, 'pipelines'>): Promise<string[]> {
  const entries = await readdir(join(projectDir, config.pipelines)).catch(() => [])
  return entries
    .filter((entry) => /^[a-z0-9][a-z0-9-]*\.ts$/.test(entry))
    .map((entry) => entry.slice(0, -'.ts'.length))
    .sort()
}

/** The file of a pipeline, as `src/pipelines/training.ts`. Throws `pipeline_file_not_found`, which names the nearest. */
export async function pipelineFile(
  projectDir: string,
  config: Pick<CheckedConfig, 'pipelines'>,
  name: string,
): Promise<string> {
  const names = await pipelineNames(projectDir, config)
  const file = `${config.pipelines}/${name}.ts`
  if (names.includes(name)) return file
  throw new PlatformError('pipeline_file_not_found', `There is no ${file}. ${didYouMean(name, names)}`)
}

/**
 * Imports one pipeline, the default export of the file of its name, and no other. Throws `pipeline_file_not_found`, which
 * names the nearest, and `pipeline_invalid` when the file does not load, has no pipeline as its default export, or has
 * one of another name.
 */
export async function loadPipeline(
  projectDir: string,
  config: Pick<CheckedConfig, 'pipelines'>,
  name: string,
): Promise<Pipeline> {
  const shown = await pipelineFile(projectDir, config, name)
  const made = await importDefault(projectDir, shown)
  if (!isPipeline(made)) {
    const message = `The default export of ${shown} must be made by pipeline({ … }), but is ${showValue(made)}.`
    throw new PlatformError('pipeline_invalid', message)
  }
  if (made.name === name) return made
  const message = `${shown} holds the pipeline "${made.name}". A pipeline has the name of its file.`
  throw new PlatformError('pipeline_invalid', message)
}

async function importDefault(projectDir: string, shown: string): Promise<unknown> {
  const file = join(projectDir, shown)
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown }
    return module.default
  } catch (cause) {
    const thrown = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const why = (await whyNotLoaded(projectDir, file, cause)) ?? thrown
    throw new PlatformError('pipeline_invalid', `${shown} cannot be loaded. ${why}`, {}, { cause })
  }
}
