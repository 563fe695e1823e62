import type { Rule, SourceFile } from './tree.ts'

const SERVER = 'packages/server/src/'

/** The nouns in order: each may import only those before it (DESIGN.md, "Layout"). */
const SLICES = [
  ...['audit', 'outbox', 'identity', 'trust', 'projects', 'stacks', 'pipelines', 'runs', 'artifacts', 'models'],
  ...['policies', 'promotions', 'deployments', 'predictions'],
]
/** Below the slices: they know none of them. */
const FOUNDATIONS = ['db', 'http']
/** Above the slices: they put everything together. */
const COMPOSITION = ['main.ts', 'app.ts', 'serve.ts', 'index.ts']

/** The folders of the server are the slices and their foundations; imports go from a later slice to an earlier one. */
export const sliceOrder: Rule = ({ files }) =>
  files
    .filter((file) => file.path.startsWith(SERVER) && !file.isTest)
    .flatMap((file) => [...checkFolder(file), ...checkImports(file)])

function checkFolder(file: SourceFile) {
  const part = partOf(file.path)
  if (!isFolder(part) || SLICES.includes(part) || FOUNDATIONS.includes(part)) return []
  return [{ path: file.path, rule: 'slice-order', message: `${part}/ is neither a slice nor one of ${FOUNDATIONS}` }]
}

function checkImports(file: SourceFile) {
  const from = partOf(file.path)
  if (COMPOSITION.includes(from)) return []
  return file.imports.flatMap(({ target, line }) => {
    if (!target?.startsWith(SERVER) || rankOf(partOf(target)) <= rankOf(from)) return []
    const message = `${from} may not import ${partOf(target)}, which comes after it`
    return [{ path: file.path, line, rule: 'slice-order', message }]
  })
}

/** The first folder, or the file's name when it lies at the root. */
function partOf(path: string): string {
  return path.slice(SERVER.length).split('/')[0] ?? ''
}

function isFolder(part: string): boolean {
  return !part.includes('.')
}

/** Root files such as `config.ts` and the foundations rank 0, slices from 1 on, the composition last. */
function rankOf(part: string): number {
  if (COMPOSITION.includes(part)) return SLICES.length + 1
  return SLICES.indexOf(part) + 1
}
