import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// By the URL of one file: with any other `import.meta` a cached step would stand on the whole project.
const project = dirname(fileURLToPath(new URL('../package.json', import.meta.url)))

/** A path from the project's folder as an absolute one, wherever the command was started. */
export function projectPath(path: string): string {
  return resolve(project, path)
}
