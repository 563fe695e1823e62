// `npm run dead-paths`: every path that a Markdown file names exists.
//
// Looked at: Markdown files that git tracks or would track; in them link targets, and inline code that looks like a
// path. Fenced code is not looked at: there stand commands and what they print.
// A link target is a path unless it is a URL or only an anchor. Inline code is a path when it has no blank and either
// begins with `./` or `../`, or is a `NAME.md`, or has a `/` and its first part exists at the root or beside the file.
// It may be a glob (`packages/*/src`, at least one match), hold placeholders in capitals (`packages/NAME/src`), and end
// in a line number (`a.ts:12`) or an anchor.
// A path is looked for from the root, then from the Markdown file. One that git ignores (`dist`, `.demo`) is made by a
// command and need not be there.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface DeadPath {
  file: string
  line: number
  path: string
}

/** The paths named in Markdown below the git repository `root` that do not exist. */
export function findDeadPaths(root: string): DeadPath[] {
  const files = git(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md'])
    .split('\0')
    .filter((file) => file && existsSync(join(root, file)))
  const missing = files.flatMap((file) => findInFile(root, file))
  const ignored = new Set(git(root, ['check-ignore', '-z', '--stdin'], missing.map(fromRoot).join('\0')).split('\0'))
  return missing.filter((dead) => !ignored.has(fromRoot(dead)))
}

function findInFile(root: string, file: string): DeadPath[] {
  let fence = ''
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(text)?.[1]
      if (mark && (fence === '' || mark.startsWith(fence))) {
        fence = fence === '' ? mark : ''
        return []
      }
      if (fence !== '') return []
      return pathsIn(root, file, text)
        .filter((path) => !exists(root, file, path))
        .map((path) => ({ file, line: index + 1, path }))
    })
}

function pathsIn(root: string, file: string, text: string): string[] {
  const codes = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  const prose = text.replaceAll(/`[^`]+`/g, '``')
  const links = [...prose.matchAll(/\]\(<?([^)\s>]+)/g), ...prose.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)]
  const targets = links.map(([, target = '']) => target).filter((target) => !/^([a-z][a-z+.-]*:|#)/i.test(target))
  return [...codes.filter((code) => looksLikePath(root, file, code)), ...targets].map(stripPosition).filter(Boolean)
}

function looksLikePath(root: string, file: string, code: string): boolean {
  if (!/^[\w.@*{},/:#-]+$/.test(code) || code.includes('//')) return false
  if (/^\.{1,2}\//.test(code) || /^[\w-]+\.md$/.test(code)) return true
  const [first = '', ...rest] = code.split('/')
  return (
    rest.length > 0 && first !== '' && [root, join(root, dirname(file))].some((each) => existsSync(join(each, first)))
  )
}

function stripPosition(path: string): string {
  return path.replace(/[#?].*$/, '').replace(/:\d+(-\d+)?$/, '')
}

function exists(root: string, file: string, path: string): boolean {
  const pattern = path.replaceAll(/(?<=^|\/)[A-Z][A-Z_-]*(?=\/|$)/g, (part) =>
    existsSync(join(root, path)) ? part : '*',
  )
  return [root, join(root, dirname(file))].some((base) =>
    /[*{]/.test(pattern) ? globSync(pattern, { cwd: base }).length > 0 : existsSync(join(base, pattern)),
  )
}

/** How git would call a missing path, which may be meant from the root or from the file. */
function fromRoot({ file, path }: DeadPath): string {
  return /^\.{1,2}\//.test(path) ? join(dirname(file), path) : path
}

function git(cwd: string, args: string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd, input, encoding: 'utf8' })
  // `check-ignore` ends with 1 when it found none.
  if (error || (status !== 0 && !(status === 1 && args[0] === 'check-ignore'))) {
    throw new Error(`git ${args[0]} failed: ${error?.message ?? stderr}`)
  }
  return stdout
}

if (import.meta.main) {
  const dead = findDeadPaths(dirname(import.meta.dirname))
  for (const { file, line, path } of dead) console.error(`${file}:${line}  dead-path  ${path} does not exist`)
  if (dead.length > 0) process.exitCode = 1
}
