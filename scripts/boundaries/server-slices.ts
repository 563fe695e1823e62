import type { Rule, SourceFile } from './tree.ts'

const SERVER = 'packages/server/src/'

/** The nouns in order: each may import only those before it (ADR 0002). */
const SLICES = [
  ...[
    'audit',
    'outbox',
    'signing-keys',
    'four-eyes',
    'identity',
    'passwords',
    'decision-keys',
    'federation',
    'trust',
    'exchange',
    'checkpoints',
    'projects',
    'stacks',
    'pipelines',
    'artifacts',
    'lineage',
    'receipts',
    'marks',
    'models',
    'comparisons',
    'runs',
    'costs',
    'step-cache',
    'monitoring',
  ],
  ...[
    'policies',
    'deployments',
    'drift-hooks',
    'changes',
    'promotions',
    'history',
    'recalls',
    'trace',
    'retention',
    'predictions',
    'workspace',
  ],
]
/** Below the slices: they know none of them. */
const FOUNDATIONS = ['db', 'http', 'scoring']
const COMPOSITION_RANK = SLICES.length + 1

/**
 * The folders of the server are the slices and their foundations; imports go from a later slice to an earlier one.
 * A file at the root is composition (`app.ts`) when it imports a slice, and a foundation (`ids.ts`) when it does not;
 * no slice imports composition.
 */
export const sliceOrder: Rule = ({ files }) => {
  const ours = files.filter((file) => file.path.startsWith(SERVER) && !file.isTest)
  const composition = findComposition(ours)
  const rankOf = (path: string) => (composition.has(path) ? COMPOSITION_RANK : SLICES.indexOf(partOf(path)) + 1)
  return ours.flatMap((file) => [...checkFolder(file), ...checkImports(file, rankOf)])
}

function checkFolder({ path }: SourceFile) {
  const part = partOf(path)
  if (isRootFile(path) || SLICES.includes(part) || FOUNDATIONS.includes(part)) return []
  return [{ path, rule: 'slice-order', message: `${part}/ is neither a slice nor one of ${FOUNDATIONS}` }]
}

function checkImports(file: SourceFile, rankOf: (path: string) => number) {
  return file.imports.flatMap(({ target, line }) => {
    if (!target?.startsWith(SERVER) || rankOf(target) <= rankOf(file.path)) return []
    const message = `${partOf(file.path)} may not import ${partOf(target)}, which comes after it`
    return [{ path: file.path, line, rule: 'slice-order', message }]
  })
}

/** The root files that import a slice, themselves or through other root files. */
function findComposition(files: SourceFile[]): Set<string> {
  const rootFiles = files.filter((file) => isRootFile(file.path))
  const found = new Set<string>()
  const isAbove = (path: string) => SLICES.includes(partOf(path)) || found.has(path)
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const { path, imports } of rootFiles) {
      if (imports.some(({ target }) => target?.startsWith(SERVER) && isAbove(target))) found.add(path)
    }
  }
  return found
}

/** The first folder, or the file's name when it lies at the root. */
function partOf(path: string): string {
  return path.slice(SERVER.length).split('/')[0] ?? ''
}

function isRootFile(path: string): boolean {
  return !path.slice(SERVER.length).includes('/')
}
