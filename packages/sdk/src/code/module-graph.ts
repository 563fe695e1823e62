import { hash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { findPackageJSON, isBuiltin } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { codeOf } from './code-of.ts'
import { lent } from './lent-packages.ts'
import { importsIn, isCode, type ModuleImport, ModuleSyntaxError, whyMeta } from './module-imports.ts'

/** An installed package, or one that is linked from a folder and can change without its version. */
export interface UsedPackage {
  readonly name: string
  readonly version: string
  /** Digest of its folder, for one that is linked. */
  readonly digest: string | null
}

/** A file with all that it imports. */
export interface Module {
  /** Relative to the project, with `/`. */
  readonly path: string
  /** Null for a file that is not there. */
  readonly digest: string | null
  /** Absolute. */
  readonly imports: readonly string[]
  /** What it imports and is not there: absolute paths. */
  readonly missing: readonly string[]
  readonly packages: readonly UsedPackage[]
  /** Why what it imports is not all that it may run; null when it is. */
  readonly unfollowed: string | null
  /** What is wrong with it, for people. */
  readonly problem: string | null
}

type Read = Omit<Module, 'path' | 'digest'>
type Found =
  | { file: string }
  | { used: UsedPackage }
  | { unfollowed: string }
  | { problem: string; missing?: string }
  | null

/** Reads modules of a project, each once. Nothing of them is run. */
export class ModuleGraph {
  readonly #projectDir: string
  readonly #modules = new Map<string, Promise<Module>>()
  readonly #packages = new Map<string, Promise<UsedPackage>>()

  constructor(projectDir: string) {
    this.#projectDir = projectDir
  }

  /** The modules that `files` import, directly or through others, themselves included. Cycles are no matter. */
  async reachedFrom(files: readonly string[]): Promise<readonly Module[]> {
    const reached = new Map<string, Module>()
    let next = [...new Set(files)]
    while (next.length > 0) {
      const read = await Promise.all(next.map(async (file) => [file, await this.moduleAt(file)] as const))
      for (const [file, module] of read) reached.set(file, module)
      next = [...new Set(read.flatMap(([, { imports }]) => imports))].filter((file) => !reached.has(file))
    }
    return [...reached.values()]
  }

  moduleAt(file: string): Promise<Module> {
    const known = this.#modules.get(file) ?? this.#read(file)
    this.#modules.set(file, known)
    return known
  }

  async #read(file: string): Promise<Module> {
    const installed = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)
    const path = relative(this.#projectDir, file).replaceAll(sep, '/')
    const bytes = await readFile(file).catch(() => null)
    if (!bytes) return { path, digest: null, ...nothing, problem: `${path} is not there` }
    const digest = hash('sha256', bytes)
    if (installed) {
      const [, parent = '', name = ''] = installed
      return {
        path: `node_modules/${name}`,
        digest,
        ...nothing,
        packages: [await readPackage(join(parent, name), name)],
      }
    }
    if (!isCode(file)) return { path, digest, ...nothing }
    return { path, digest, ...(await this.#follow(bytes.toString(), { file, path })) }
  }

  async #follow(source: string, { file, path }: { file: string; path: string }): Promise<Read> {
    try {
      const { imports, files, unfollowed } = await importsIn(source, file)
      const found = await Promise.all([
        ...imports.map((each) => this.#resolve(each, { file, path })),
        ...files.map((each) => named(each, file)),
      ])
      const pick = <K extends string, T>(key: K) =>
        found.flatMap((each) => (each && key in each ? [(each as unknown as Record<K, T>)[key]] : []))
      return {
        imports: pick<'file', string>('file'),
        missing: pick<'missing', string>('missing'),
        packages: pick<'used', UsedPackage>('used'),
        unfollowed: unfollowed ?? pick<'unfollowed', string>('unfollowed')[0] ?? null,
        problem: pick<'problem', string>('problem')[0] ?? null,
      }
    } catch (error) {
      if (!(error instanceof ModuleSyntaxError)) throw error
      return { ...nothing, unfollowed: 'it cannot be read', problem: `${path} cannot be read: ${error.message}` }
    }
  }

  async #resolve({ specifier, line }: ModuleImport, from: { file: string; path: string }): Promise<Found> {
    if (isBuiltin(specifier)) return null
    const where = `${from.path}, line ${line}, imports "${specifier}"`
    if (/^(\.{1,2}\/|\/|file:)/.test(specifier)) {
      const file = fileURLToPath(new URL(specifier, pathToFileURL(from.file)))
      if (await isFile(file)) return { file }
      return { problem: `${where}, and there is no such file`, missing: file }
    }
    if (/^(#|[a-z]+:)/.test(specifier)) return { unfollowed: `it imports "${specifier}"` }
    const packageJson = packageOf(specifier, from.file)
    if (!packageJson)
      return { problem: `${where}, which is not installed. Install it: npm install ${nameIn(specifier)}` }
    const folder = dirname(await realpath(packageJson))
    if (from.file.startsWith(folder + sep)) return { unfollowed: `it imports its own package, "${specifier}"` }
    const used = this.#packages.get(folder) ?? readPackage(folder, nameIn(specifier))
    this.#packages.set(folder, used)
    return { used: await used }
  }
}

/** A folder, and what is not there yet, may be anything. */
async function named(specifier: string, from: string): Promise<Found> {
  const file = fileURLToPath(new URL(specifier, pathToFileURL(from)))
  return (await isFile(file)) ? { file } : { unfollowed: whyMeta }
}

const isFile = (file: string) =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  )

const nothing: Read = { imports: [], missing: [], packages: [], unfollowed: null, problem: null }

const nameIn = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function packageOf(specifier: string, importer: string): string | undefined {
  return (
    findPackage(specifier, pathToFileURL(importer)) ??
    (lent.test(specifier) ? findPackage(specifier, import.meta.url) : undefined)
  )
}

function findPackage(specifier: string, from: string | URL): string | undefined {
  try {
    return findPackageJSON(specifier, from)
  } catch {
    return undefined
  }
}

async function readPackage(folder: string, name: string): Promise<UsedPackage> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
  // The platform itself counts by its version, also where it runs from its sources.
  const isInstalled = lent.test(name) || folder.split(sep).includes('node_modules')
  return { name, version: String(version ?? ''), digest: isInstalled ? null : (await codeOf(folder)).digest }
}
