import { isBuiltin } from 'node:module'
import { extname } from 'node:path'

/** One import as it stands in a module. */
export interface ModuleImport {
  readonly specifier: string
  /** Counted from 1. */
  readonly line: number
}

/** What a module imports, and why that is not all that it may run; null when it is. */
export interface ModuleImports {
  readonly imports: readonly ModuleImport[]
  /** Files that it names by `new URL('./rows.csv', import.meta.url)`. */
  readonly files: readonly string[]
  readonly unfollowed: string | null
}

/** A module that is no valid TypeScript or JavaScript. The message says where and why. */
export class ModuleSyntaxError extends Error {
  override readonly name = 'ModuleSyntaxError'
}

/** What can run code that no import names. */
const startsOtherCode = ['module', 'child_process', 'worker_threads', 'cluster', 'vm']
const typescript = ['.ts', '.mts']
/** Code that Node runs and nothing here follows. An extension of none of these lists is no code to Node. */
const opaque = ['.cjs', '.cts', '.node', '.jsx', '.tsx', '']
const modules = [...typescript, '.js', '.mjs']

/** Whether Node might run a file of that name. */
export const isCode = (file: string): boolean => [...modules, ...opaque].includes(extname(file))

/** Reads the imports of a module's source, as Node would follow them: imports of types alone are none. */
export async function importsIn(source: string, file: string): Promise<ModuleImports> {
  const kind = extname(file)
  if (!modules.includes(kind)) return { imports: [], files: [], unfollowed: 'it is no ES module' }
  const code = typescript.includes(kind) ? await withoutTypes(source) : source
  const { init, parse } = await import('es-module-lexer')
  await init
  const found = lexed(() => parse(code)[0])
  const imports: ModuleImport[] = []
  const files: string[] = []
  let unfollowed: string | null = null
  for (const { n: specifier, d: dynamicAt, s: at, e: end } of found) {
    const file = dynamicAt === importMeta ? fileNamed(code.slice(0, at), code.slice(end)) : undefined
    if (file !== undefined) files.push(file)
    else if (dynamicAt === importMeta) unfollowed ??= whyMeta
    else if (specifier === undefined) unfollowed ??= 'it imports a module whose name is worked out when it runs'
    else imports.push({ specifier, line: code.slice(0, at).split('\n').length })
    if (specifier !== undefined && isBuiltin(specifier) && startsOtherCode.includes(specifier.replace('node:', '')))
      unfollowed ??= `it imports ${specifier}, by which it can run what it does not import`
  }
  return { imports, files, unfollowed }
}

const importMeta = -2

/** Why a module with `import.meta` is not followed to its end. */
export const whyMeta = 'it uses import.meta, by which it can reach what it does not import'

/** The file in `new URL('./rows.csv', import.meta.url)`, which says as much as an import does. */
function fileNamed(before: string, after: string): string | undefined {
  if (!/^\.url\s*,?\s*\)/.test(after)) return undefined
  const [, , file] = /\bnew\s+URL\(\s*(['"])(\.{1,2}\/[^'"\\\n]*)\1\s*,\s*$/.exec(before.slice(-500)) ?? []
  return file
}

/** Types become blanks, so that every position stays what it was. */
export async function withoutTypes(source: string): Promise<string> {
  const { transformSync } = await import('amaro')
  try {
    return (transformSync(source, { mode: 'strip-only' }) as { code: string }).code
  } catch (thrown) {
    const { message, startLine, startColumn, snippet } = thrown as Record<string, string | number>
    if (startLine === undefined) throw thrown
    const pointed = snippet === undefined ? '' : `\n${snippet}`
    throw new ModuleSyntaxError(`line ${startLine}, column ${Number(startColumn) + 1}: ${message}${pointed}`.trimEnd())
  }
}

function lexed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (thrown) {
    throw new ModuleSyntaxError((thrown as Error).message)
  }
}
