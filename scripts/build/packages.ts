import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Package {
  /** `cli` for `packages/cli`. */
  short: string
  name: string
  folder: string
  /** Path in `dist` without extension → source file from the package's folder. */
  entries: Record<string, string>
  /** What npm takes along besides `package.json`. */
  files: string[]
  dependencies: string[]
}

/**
 * The packages that are published: those with an `exports` entry that has a `source`. Where an entry has one of the
 * `conditions` as well, that is taken in place of its source.
 */
export function findPackages(root: string, conditions: readonly string[] = []): Package[] {
  return globSync('packages/*/package.json', { cwd: root })
    .map((path) => readPackage(join(root, path), conditions))
    .filter((each) => Object.keys(each.entries).length > 0)
    .sort((a, b) => (a.short < b.short ? -1 : 1))
}

function readPackage(path: string, conditions: readonly string[]): Package {
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  const folder = dirname(path)
  return {
    short: basename(folder),
    name: manifest.name,
    folder,
    entries: manifest.private ? {} : { ...exportEntries(manifest.exports ?? {}, conditions), ...ownEntries(folder) },
    files: manifest.files ?? [],
    dependencies: Object.keys(manifest.dependencies ?? {}),
  }
}

function exportEntries(
  exports: Record<string, Record<string, string>>,
  conditions: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.values(exports).flatMap(({ source, default: built, ...others }) => {
      const wanted = conditions.map((condition) => others[condition]).find((file) => file !== undefined) ?? source
      return wanted && built ? [[built.replace(/^\.\/dist\/|\.js$/g, ''), wanted]] : []
    }),
  )
}

/** Files that start a process of their own: what `bin` loads, and `x.child.ts`. */
function ownEntries(folder: string): Record<string, string> {
  const files = globSync(['src/main.ts', 'src/**/*.child.ts'], { cwd: folder })
  return Object.fromEntries(files.map((file) => [basename(file, '.ts'), file]))
}
