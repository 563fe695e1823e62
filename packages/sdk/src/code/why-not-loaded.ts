import { ModuleGraph } from './module-graph.ts'

/**
 * Why a module of the project does not load, in the words of whoever wrote it: the file and line of a syntax error, an
 * import of what is not there or not installed, the circle of imports behind a value that is used before it is made.
 * Undefined where reading the modules tells nothing; nothing is run.
 */
export async function whyNotLoaded(projectDir: string, file: string, cause: unknown): Promise<string | undefined> {
  const graph = new ModuleGraph(projectDir)
  const modules = await graph.reachedFrom([file])
  // What a module throws of its own has nothing to do with what a branch of it may import.
  const isOfLoading = cause instanceof SyntaxError || (cause instanceof Error && 'code' in cause)
  const problem = modules.find((module) => module.problem !== null)?.problem
  if (isOfLoading && problem) return `${problem}.`
  if (!(cause instanceof ReferenceError) || !cause.message.includes('before initialization')) return undefined
  const circle = await circleFrom(graph, [file])
  if (!circle) return undefined
  return `${cause.message}: these modules import each other in a circle, ${circle.join(' → ')}. Move what they share into a module of its own.`
}

/** The first circle of imports that is met, as paths that begin and end with the same. */
async function circleFrom(graph: ModuleGraph, way: readonly string[]): Promise<string[] | undefined> {
  const seen = new Set<string>()
  const visit = async (files: readonly string[]): Promise<string[] | undefined> => {
    const file = files.at(-1)!
    const start = files.indexOf(file)
    if (start < files.length - 1) {
      return await Promise.all(files.slice(start).map(async (each) => (await graph.moduleAt(each)).path))
    }
    if (seen.has(file)) return undefined
    seen.add(file)
    for (const next of (await graph.moduleAt(file)).imports) {
      const found = await visit([...files, next])
      if (found) return found
    }
    return undefined
  }
  return await visit(way)
}
