import type { Rule, SourceFile } from './tree.ts'

/** No file imports itself through others, type imports and lazy `import()` included. */
export const noCycles: Rule = ({ files }) => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const finished = new Set<string>()
  const cycles: string[][] = []

  const visit = (file: SourceFile, trail: string[]) => {
    if (finished.has(file.path)) return
    const start = trail.indexOf(file.path)
    if (start >= 0) {
      cycles.push(trail.slice(start))
      return
    }
    for (const { target } of file.imports) {
      const next = target === undefined ? undefined : byPath.get(target)
      if (next) visit(next, [...trail, file.path])
    }
    finished.add(file.path)
  }
  for (const file of files) visit(file, [])

  return cycles.map((cycle) => ({
    path: cycle[0] ?? '',
    rule: 'no-cycles',
    message: `import cycle: ${[...cycle, cycle[0]].join(' → ')}`,
  }))
}
