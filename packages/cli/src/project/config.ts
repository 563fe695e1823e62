import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlatformError } from '@airlock-ml/contract'
import type { ProjectConfig } from '@airlock-ml/sdk/config'
import { lendPackages } from '@airlock-ml/sdk/lent-packages'
import { CONFIG_FILE, findProjectFolder } from './find-project.ts'

export type ProjectFolder = {
  dir: string
  config: ProjectConfig
  /** Absolute path, or URL, of the exchange. */
  exchange: string
}

/**
 * Finds the project at or above `cwd` and reads its configuration as far as every command needs it. Throws
 * `cli_project_folder_not_found` and `cli_config_invalid`.
 */
export async function openProjectFolder(cwd: string): Promise<ProjectFolder> {
  const dir = findProjectFolder(cwd)
  const path = join(dir, CONFIG_FILE)
  lendPackages(import.meta.url)
  let config: ProjectConfig
  try {
    config = ((await import(pathToFileURL(path).href)) as { default: ProjectConfig }).default
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('cli_config_invalid', `${path} does not load: ${why}`, {}, { cause })
  }
  const wrong = faultOf(config)
  if (wrong) throw new PlatformError('cli_config_invalid', `${path}: ${wrong}.`)
  const isUrl = /^[a-z][a-z0-9+]*:\/\//.test(config.exchange)
  return { dir, config, exchange: isUrl ? config.exchange : resolve(dir, config.exchange) }
}

/** A quick look; `airlock init` and `airlock run` check the whole file strictly. */
function faultOf(config: unknown): string | null {
  if (typeof config !== 'object' || config === null) return 'its default export must be defineConfig({ … })'
  const { project, exchange, workspaces } = config as Partial<ProjectConfig>
  if (typeof project !== 'string') return '`project` must be a name'
  if (typeof exchange !== 'string') return '`exchange` must be a path or URL'
  if (typeof workspaces !== 'object' || workspaces === null || Object.keys(workspaces).length === 0)
    return '`workspaces` must name at least one workspace'
  return null
}
