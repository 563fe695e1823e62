import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { didYouMean, PlatformError } from '@airlock-ml/contract'
import { type SchemaProblem, schemaProblems } from '../schema-problems.ts'
import { type CheckedConfig, projectSchema } from './project-schema.ts'

const fileName = 'airlock.config.ts'

/** A project: where it is, and its configuration. */
export interface Project {
  /** Absolute path of the folder with airlock.config.ts. */
  readonly projectDir: string
  readonly config: CheckedConfig
}

/**
 * Finds airlock.config.ts in `cwd` or a folder above, imports it, and checks it strictly.
 *
 * Throws `cli_project_folder_not_found` when there is none, and `cli_config_invalid` when it does not load or check:
 * every problem with its place, and the nearest known name for an unknown one.
 */
export async function loadConfig(cwd: string): Promise<Project> {
  const projectDir = findProjectDir(resolve(cwd))
  const file = join(projectDir, fileName)
  const module = await importConfig(file)
  if (module.default === undefined) {
    throw new PlatformError(
      'cli_config_invalid',
      `${file} has no default export. Write: export default defineConfig({ … })`,
    )
  }
  return { projectDir, config: checkConfig(module.default, file) }
}

function findProjectDir(cwd: string): string {
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (existsSync(join(dir, fileName))) return dir
    if (dirname(dir) === dir) break
  }
  throw new PlatformError('cli_project_folder_not_found', `Neither ${cwd} nor a folder above it has an ${fileName}.`)
}

async function importConfig(file: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('cli_config_invalid', `${file} cannot be loaded: ${why}`, {}, { cause })
  }
}

function checkConfig(value: unknown, file: string): CheckedConfig {
  const checked = projectSchema.safeParse(value)
  const problems = checked.success ? danglingNames(checked.data) : schemaProblems(projectSchema, value, checked.error)
  if (checked.success && problems.length === 0) return checked.data
  const lines = problems.map(({ path, message }) => `${path || 'The whole'}: ${message}`)
  throw new PlatformError('cli_config_invalid', `${file} is not valid.\n${lines.join('\n')}`, {
    paths: problems.map(({ path }) => path),
  })
}

/** Names of workspaces and stacks that are not there. */
function danglingNames({ workspaces, environments }: CheckedConfig): SchemaProblem[] {
  const problems: SchemaProblem[] = []
  const look = (path: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return true
    problems.push({ path, message: `"${name}" is not known. ${didYouMean(name, known)}` })
    return false
  }
  const names = Object.keys(workspaces)
  for (const [name, { trusts = [] }] of Object.entries(workspaces)) {
    for (const [at, trusted] of trusts.entries()) {
      look(`workspaces.${name}.trusts[${at}]`, trusted, names)
    }
  }
  for (const [name, environment] of Object.entries(environments)) {
    if (!environment || !look(`environments.${name}.workspace`, environment.workspace, names)) continue
    const stacks = Object.keys(workspaces[environment.workspace]?.stacks ?? {})
    look(`environments.${name}.stack`, environment.stack, stacks)
  }
  return problems
}
