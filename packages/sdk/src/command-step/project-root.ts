import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project that a folder is in: the nearest one above with an airlock.config.ts, else the folder itself. */
export function projectRoot(folder: string): string {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'airlock.config.ts'))) return dir
    if (dirname(dir) === dir) return folder
  }
}
