import { resolve } from 'node:path'

/** A path from the project's folder as an absolute one, wherever the command was started. */
export function projectPath(path: string): string {
  return resolve(import.meta.dirname, '..', path)
}
