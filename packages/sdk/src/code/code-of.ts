import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { SnapshotSpec } from '@airlock-ml/contract'
import pLimit from 'p-limit'
import { gitState } from './git-files.ts'

const skipped = new Set(['node_modules', '.airlock', '.git'])
const streamedBytes = 4 * 1024 ** 2
const filesAtOnce = 16

/**
 * Which code a folder holds: the SHA-256 over the path and SHA-256 of each file, sorted by path, with the commit and
 * whether the folder differs from it. Files that git ignores do not count; outside of a repository all do but those in
 * `node_modules`, `.airlock` and `.git`, the commit is null, and the tree is dirty.
 */
export async function codeOf(projectDir: string): Promise<SnapshotSpec['code']> {
  const state = await gitState(projectDir)
  const paths = state?.paths ?? (await walk(projectDir, ''))
  const limit = pLimit(filesAtOnce)
  const found = await Promise.all(paths.map((path) => limit(() => digestsAt(projectDir, path))))
  const lines = found.flat().sort((a, b) => (a.path < b.path ? -1 : 1))
  const tree = lines.map(({ path, digest }) => `${digest}  ${path}\n`).join('')
  return { digest: hash('sha256', tree), commit: state?.commit ?? null, dirty: state?.dirty ?? true }
}

interface FileDigest {
  readonly path: string
  readonly digest: string
}

/** A file's digest; those of its files for a folder (a repository inside this one); none for a file that is gone. */
async function digestsAt(root: string, path: string): Promise<FileDigest[]> {
  const file = join(root, path)
  const stat = await lstat(file).catch(() => undefined)
  if (!stat) return []
  if (stat.isSymbolicLink()) return [{ path, digest: hash('sha256', `link ${await readlink(file)}`) }]
  if (stat.isDirectory()) {
    const inner = await walk(root, path.replace(/\/$/, ''))
    return (await Promise.all(inner.map((each) => digestsAt(root, each)))).flat()
  }
  if (!stat.isFile()) return []
  return [
    { path, digest: stat.size > streamedBytes ? await streamedDigest(file) : hash('sha256', await readFile(file)) },
  ]
}

async function streamedDigest(file: string): Promise<string> {
  const sha256 = createHash('sha256')
  for await (const chunk of createReadStream(file)) sha256.update(chunk)
  return sha256.digest('hex')
}

async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !skipped.has(name))
    .map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? await walk(root, path) : [path]
    })
  return (await Promise.all(found)).flat()
}
