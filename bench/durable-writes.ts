import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What was made durable: the database's log cut at its commits, and the files, each with its bytes. */
export interface DurableWrites {
  readonly commits: readonly Uint8Array[]
  readonly files: readonly Uint8Array[]
}

// Of the write-ahead log, https://sqlite.org/fileformat2.html#walformat: a header, then frames of a header and a page.
const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const PAGE_SIZE_AT = 8
const COMMIT_AT = 4

/** Empties the write-ahead log, so that what it holds afterwards is what was written since. */
export function emptyLog(database: string): void {
  const connection = new DatabaseSync(database)
  connection.exec('pragma wal_checkpoint(truncate)')
  connection.close()
}

/** Reads what was made durable since `emptyLog` and beside the files that were there `before`. */
export async function readDurableWrites(dir: string, before: ReadonlySet<string>): Promise<DurableWrites> {
  const files = [...(await filesBelow(join(dir, 'artifacts')))].filter((path) => !before.has(path))
  return {
    commits: commitsOf(readFileSync(join(dir, 'workspace.db-wal'))),
    files: files.map((path) => readFileSync(path)),
  }
}

/** Every file below a folder. */
export async function filesBelow(dir: string): Promise<Set<string>> {
  const paths = (await readdir(dir, { recursive: true })).map((path) => join(dir, path))
  const files = await Promise.all(paths.map(async (path) => ((await stat(path)).isFile() ? [path] : [])))
  return new Set(files.flat())
}

/** The same bytes again, as durably, by nothing but system calls: each commit one write and one flush, each file by rename. */
export function repeatDurableWrites(dir: string, { commits, files }: DurableWrites): void {
  const log = openSync(join(dir, 'log'), 'w')
  for (const bytes of commits) {
    writeSync(log, bytes)
    fsyncSync(log)
  }
  closeSync(log)
  for (const [at, bytes] of files.entries()) {
    const [temporary, path] = [join(dir, `${at}.tmp`), join(dir, 'blobs', String(at))]
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(temporary, 'w')
    writeSync(file, bytes)
    fsyncSync(file)
    closeSync(file)
    renameSync(temporary, path)
    const folder = openSync(dirname(path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  }
}

function commitsOf(log: Buffer): Uint8Array[] {
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(PAGE_SIZE_AT)
  const commits: Uint8Array[] = []
  let start = LOG_HEADER_BYTES
  for (let at = start; at + frameBytes <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + COMMIT_AT) === 0) continue
    commits.push(log.subarray(start, at + frameBytes))
    start = at + frameBytes
  }
  return commits
}
