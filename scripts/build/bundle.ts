import { isAbsolute, join } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { builtinsUnwrapped } from './builtins.ts'
import type { Package } from './packages.ts'

/** What a project's pipelines and the command must share one copy of, and what has native parts. */
const NOT_IN_COMMAND = /^(@airlock-ml\/(sdk|tabular)|onnxruntime-node)(\/|$)/

/**
 * Bundles the entries of `each` into `dist` and returns the modules that went in. A library keeps its dependencies
 * outside; the command takes them in, split so that what it imports lazily stays lazy. `conditions` choose among the
 * exports of our packages first.
 */
export async function bundlePackage(
  each: Package,
  all: Package[],
  { dist, conditions = [] }: { dist: string; conditions?: readonly string[] },
): Promise<string[]> {
  const isCommand = each.short === 'cli'
  const bundle = await rolldown({
    cwd: each.folder,
    input: isCommand ? { ...childEntries(each, all), ...each.entries } : each.entries,
    platform: 'node',
    external: (id) => (isCommand ? NOT_IN_COMMAND.test(id) : isBare(id)),
    plugins: isCommand ? [builtinsUnwrapped] : [],
    resolve: { conditionNames: [...conditions, 'source', 'node', 'import', 'default'] },
    onLog: (level, log, report) => {
      if (level === 'warn') throw new Error(`${each.name}: ${log.message}`)
      report(level, log)
    },
  })
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    minify: isCommand ? { compress: true, mangle: false, codegen: { removeWhitespace: true } } : false,
  })
  await bundle.close()
  return output.filter((file): file is OutputChunk => file.type === 'chunk').flatMap((chunk) => chunk.moduleIds)
}

function isBare(id: string): boolean {
  return !id.startsWith('.') && !isAbsolute(id)
}

/** A package inside the command's bundle looks for its `x.child.js` beside itself, so they come along. */
function childEntries(each: Package, all: Package[]): Record<string, string> {
  const bundled = all.filter(({ name }) => each.dependencies.includes(name) && !NOT_IN_COMMAND.test(name))
  return Object.fromEntries(
    bundled.flatMap(({ folder, entries }) =>
      Object.entries(entries)
        .filter(([name]) => name.endsWith('.child'))
        .map(([name, source]) => [name, join(folder, source)]),
    ),
  )
}
