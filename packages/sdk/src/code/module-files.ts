import { join } from 'node:path'
import { ModuleGraph } from './module-graph.ts'

/**
 * The files of the project that `files` are made of: themselves and the modules that they import, directly or through
 * others, also such as are not there. Absolute paths. Nothing is run, so that they may be as broken as they like.
 */
export async function moduleFiles(projectDir: string, files: readonly string[]): Promise<string[]> {
  const modules = await new ModuleGraph(projectDir).reachedFrom(files)
  const own = modules.filter(({ path }) => !path.startsWith('node_modules/'))
  return [...new Set(own.flatMap(({ path, missing }) => [join(projectDir, path), ...missing]))]
}
