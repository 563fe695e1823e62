import { join } from 'node:path'
import type { Environment } from '@airlock-ml/contract'
import { filesNamedIn, loadConfig, lockFiles, moduleFiles, pipelineFile } from '@airlock-ml/sdk'
import { openProjectFolder } from '../project/config.ts'
import { CONFIG_FILE, findProjectFolder } from '../project/find-project.ts'
import type { Compiled } from '../run/compile-pipeline.ts'

/**
 * The files that a pipeline is loaded from, in portions: each is known before the next is looked for, so that whoever
 * breaks one is heard when it is mended. Absolute paths.
 */
export async function* filesToLoad(
  cwd: string,
  { pipeline, environment }: { pipeline: string; environment: Environment },
): AsyncGenerator<string[]> {
  const dir = findProjectFolder(cwd)
  yield await moduleFiles(dir, [join(dir, CONFIG_FILE)])
  await openProjectFolder(cwd)
  const { projectDir, config } = await loadConfig(cwd)
  const { success, failure, drift } = config.hooks
  const loaded = [await pipelineFile(projectDir, config, pipeline), ...success, ...failure, ...drift]
  yield await moduleFiles(
    projectDir,
    loaded.map((path) => join(projectDir, path)),
  )
  const yaml = config.environments[environment]?.config
  yield [...(yaml === undefined ? [] : [yaml]), ...lockFiles].map((path) => join(projectDir, path))
}

/** What its steps read besides: files that their parameters name, and those of programs. */
export async function filesOfCompiled({ projectDir, spec }: Compiled): Promise<string[]> {
  const named = await Promise.all(spec.steps.map(({ parameters }) => filesNamedIn(parameters, projectDir)))
  const programs = spec.steps.flatMap(({ command }) => Object.keys(command?.files ?? {}))
  return [...new Set([...named.flat(), ...programs])].map((path) => join(projectDir, path))
}
