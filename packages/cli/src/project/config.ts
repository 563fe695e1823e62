import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PlatformError } from '@airlock-ml/contract'
import { CONFIG_FILE, findProjectFolder } from './find-project.ts'

/** The part of airlock.config.ts that the command line itself reads. */
export type ProjectConfig = {
  project: string
  exchange: string
  workspaces: Record<string, { stacks?: Record<string, StackConfig>; trusts?: readonly string[]; url?: string }>
  environments?: Partial<Record<'local' | 'staging' | 'production', { workspace: string; stack: string }>>
}
export type StackConfig = {
  labels?: Record<string, string>
  components: readonly { type: string; flavor: string; config?: Record<string, unknown> }[]
}

export type ProjectFolder = {
  dir: string
  config: ProjectConfig
  /** Absolute path, or URL, of the exchange. */
  exchange: string
}

/** Finds the project at or above `cwd` and reads its configuration as far as every command needs it. */
export async function openProjectFolder(cwd: string): Promise<ProjectFolder> {
  const dir = findProjectFolder(cwd)
  const path = join(dir, CONFIG_FILE)
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
