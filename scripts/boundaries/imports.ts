import { join } from 'node:path/posix'
import { parseSync, Visitor } from 'rolldown/utils'

/** One import, re-export, `import()` or `import('…')` type. */
export interface SourceImport {
  specifier: string
  line: number
  /** The imported file from the root, when the specifier is relative. */
  target?: string
}

/** Reads the imports of a TypeScript or JavaScript file from its syntax tree. `path` is from the root. */
export function readImports(path: string, text: string): SourceImport[] {
  const { program, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path} cannot be parsed: ${errors[0].message}`)
  const imports: SourceImport[] = []
  const record = (source: { type: string; value?: unknown; start: number } | null) => {
    if (typeof source?.value === 'string') imports.push(toImport(path, source.value, lineOf(text, source.start)))
  }
  new Visitor({
    ImportDeclaration: (node) => record(node.source),
    ExportAllDeclaration: (node) => record(node.source),
    ExportNamedDeclaration: (node) => record(node.source),
    ImportExpression: (node) => record(node.source),
    TSImportType: (node) => record(node.source),
  }).visit(program)
  return imports
}

function toImport(path: string, specifier: string, line: number): SourceImport {
  if (!specifier.startsWith('.')) return { specifier, line }
  return { specifier, line, target: join(path, '..', specifier) }
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** `zod` for `zod/v4`, `@hono/node-server` for `@hono/node-server/conninfo`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
