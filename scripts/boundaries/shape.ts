import { basename, dirname } from 'node:path/posix'
import type { Rule } from './tree.ts'

const MAX_LINES = 400
const KINDS = /^(utils?|helpers?|commons?|types|services?|misc)$/

/** No file has more than 400 lines, those under `generated/` aside. */
export const fileLength: Rule = ({ files }) =>
  files
    .filter(({ path, lineCount }) => lineCount > MAX_LINES && !path.includes('/generated/'))
    .map(({ path, lineCount }) => ({
      path,
      rule: 'file-length',
      message: `${lineCount} lines, and ${MAX_LINES} are the most`,
    }))

/** Folders and files are named for what they hold, not for its kind. */
export const telltaleNames: Rule = ({ files }) =>
  files.flatMap(({ path }) => {
    const bad = path.split('/').find((part) => KINDS.test(part.split('.')[0] ?? ''))
    if (!bad) return []
    return [{ path, rule: 'telltale-names', message: `'${bad}' names a kind; name what is in it` }]
  })

/** The only `index.ts` is a package's own entry. */
export const oneIndex: Rule = ({ files }) =>
  files
    .filter(({ path, unit }) => /^index\.\w+$/.test(basename(path)) && dirname(path) !== `${unit.folder}/src`)
    .map(({ path }) => ({ path, rule: 'one-index', message: 'only the entry of a package is called index' }))

/** What ships imports nothing that is written for tests. */
export const noTestImports: Rule = ({ files }) => {
  const tests = new Set(files.filter((file) => file.isTest).map((file) => file.path))
  return files
    .filter((file) => !file.isTest)
    .flatMap((file) =>
      file.imports
        .filter(({ target }) => target !== undefined && tests.has(target))
        .map(({ specifier, line }) => ({
          path: file.path,
          line,
          rule: 'no-test-imports',
          message: `'${specifier}' is test code`,
        })),
    )
}
