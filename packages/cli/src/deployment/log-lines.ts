import { open, readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 300

/** The last lines of a log that rotates, and how much of its newest file that is. */
export async function lastLines(file: string, count: number): Promise<{ lines: string[]; size: number }> {
  const textOf = (path: string) => readFile(path, 'utf8').catch(() => '')
  const newest = await textOf(file)
  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')
  const lines = linesOf(newest)
  const all = lines.length < count ? [...linesOf(await textOf(`${file}.1`)), ...lines] : lines
  return { lines: all.slice(-count), size: Buffer.byteLength(newest) }
}

/** Writes what is appended to a log, also after it has rotated, until the signal. */
export async function followLog(
  file: string,
  { from, write, signal }: { from: number; write: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  let at = from
  let inode = (await stat(file).catch(() => null))?.ino
  while (!signal.aborted) {
    const found = await stat(file).catch(() => null)
    if (found && found.ino !== inode) {
      const before = await readFrom(`${file}.1`, at)
      if (before) write(before.text)
      at = 0
      inode = found.ino
    }
    const read = await readFrom(file, at)
    if (read?.text) write(read.text)
    at = read?.size ?? at
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

async function readFrom(file: string, at: number): Promise<{ text: string; size: number } | null> {
  const opened = await open(file).catch(() => null)
  if (!opened) return null
  try {
    const { size } = await opened.stat()
    const bytes = Buffer.alloc(Math.max(0, size - at))
    await opened.read(bytes, 0, bytes.length, at)
    return { text: bytes.toString(), size: Math.max(size, at) }
  } finally {
    await opened.close()
  }
}
