import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'

export const CONFIG_FILE = 'airlock.config.ts'

/** The nearest folder at or above `cwd` with an airlock.config.ts. Throws `cli_project_folder_not_found`. */
export function findProjectFolder(cwd: string): string {
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (existsSync(join(dir, CONFIG_FILE))) return dir
    if (dirname(dir) === dir) break
  }
  throw new PlatformError('cli_project_folder_not_found', `Neither ${cwd} nor a folder above it has an ${CONFIG_FILE}.`)
}
