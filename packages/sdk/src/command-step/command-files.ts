import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { invalid } from '../define/check-names.ts'

// They come and go with each start of an interpreter, or are not ours.
const skipped = new Set(['__pycache__', '.airlock', '.git', '.venv', 'node_modules'])
const largestBytes = 64 * 1024 ** 2

/**
 * SHA-256 of the files that belong to a command, by their path in the project: those named in it that are there, and
 * those named as `files`, which must be; of a folder all that is in it. Throws `pipeline_invalid`.
 */
export function digestFiles(
  root: string,
  { named, files, what }: { named: readonly string[]; files: readonly string[]; what: string },
): Record<string, string> {
  const found = [
    ...named.filter((path) => isInside(root, path) && statSync(path, { throwIfNoEntry: false })?.isFile()),
    ...files.flatMap((path) => listed(path, { root, what })),
  ]
  const digests = [...new Set(found)].sort().map((path) => [nameOf(root, path), digestOf(path, { root, what })])
  return Object.fromEntries(digests)
}

function listed(path: string, { root, what }: { root: string; what: string }): string[] {
  if (!isInside(root, path)) throw invalid(`${what} names ${path}, which is outside of the project.`)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile()) return [path]
  if (!found?.isDirectory()) throw invalid(`${what} names the file ${nameOf(root, path)}, which is not there.`)
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name) && (entry.isFile() || entry.isDirectory()))
    .flatMap((entry) => (entry.isFile() ? [join(path, entry.name)] : listed(join(path, entry.name), { root, what })))
}

function digestOf(path: string, { root, what }: { root: string; what: string }): string {
  const { size } = statSync(path)
  if (size <= largestBytes) return hash('sha256', readFileSync(path))
  const mib = Math.round(size / 1024 ** 2)
  throw invalid(
    `${what} names ${nameOf(root, path)}, which has ${mib} MiB. Its files are code, of at most 64 MiB; make data an input.`,
  )
}

const isInside = (root: string, path: string) => resolve(path).startsWith(root + sep)

const nameOf = (root: string, path: string) => relative(root, path).split(sep).join('/')
