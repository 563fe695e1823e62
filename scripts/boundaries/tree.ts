import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readImports, type SourceImport } from './imports.ts'

/** A `package.json` and the folder that it governs, for example `packages/sdk`; the root's folder is `''`. */
export interface Unit {
  folder: string
  name: string
  /** `.`, `./crash-point` … */
  exports: string[]
  dependencies: Set<string>
  devDependencies: Set<string>
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  path: string
  unit: Unit
  lineCount: number
  isTest: boolean
  imports: SourceImport[]
}

export interface Tree {
  units: Unit[]
  files: SourceFile[]
}

export interface Violation {
  path: string
  line?: number
  rule: string
  message: string
}

export type Rule = (tree: Tree) => Violation[]

const MANIFESTS = ['package.json', '{packages/*,template,bench}/package.json']
const SOURCES = '{packages,template,tests,bench,scripts}/**/*.{ts,tsx,mts,mjs,js}'
const FOREIGN = ['**/node_modules/**', '**/dist/**', '**/.airlock/**']

/** Reads every source file of the repository at `root`, tracked or not yet tracked. */
export function readTree(root: string): Tree {
  const units = globSync(MANIFESTS, { cwd: root }).map((path) => readUnit(root, path))
  const files = globSync(SOURCES, { cwd: root, exclude: FOREIGN }).map((path) => readFile(root, path, units))
  return { units, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

function readUnit(root: string, path: string): Unit {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
  const folder = dirname(path)
  return {
    folder: folder === '.' ? '' : folder,
    name: manifest.name ?? '',
    exports: Object.keys(manifest.exports ?? {}),
    dependencies: new Set(
      Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
    ),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
  }
}

function readFile(root: string, path: string, units: Unit[]): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return {
    path,
    unit: unitOf(path, units),
    lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    isTest: isTestPath(path),
    imports: readImports(path, text),
  }
}

/** The unit with the longest folder that holds `path`. */
export function unitOf(path: string, units: Unit[]): Unit {
  const holders = units.filter((unit) => unit.folder === '' || path.startsWith(`${unit.folder}/`))
  const unit = holders.sort((a, b) => b.folder.length - a.folder.length)[0]
  if (!unit) throw new Error(`${path} is in no package: the root package.json is missing`)
  return unit
}

/** Tests, type tests, and what only they import: in `test/` or `testing/`, or called `x.testing.ts`, `x.test-data.ts`. */
function isTestPath(path: string): boolean {
  return /\.(test|testing)(-\w+)?\.\w+$/.test(path) || /\/(test|testing)\//.test(path) || path.startsWith('tests/')
}
