import { type FileHandle, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { countRows } from './segment-format.ts'

/** A segment that is written no more, and waits to become a part. Its id is the part's. */
export type Segment = { id: string; path: string; rows: number; sizeBytes: number }

const ENDING = '.wal'
const segmentName = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.wal$/

/** What the folder holds from before, oldest first: a kill leaves it. */
export async function findSegments(dir: string): Promise<Segment[]> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const segments: Segment[] = []
  for (const name of (await readdir(dir)).sort()) {
    const id = segmentName.exec(name)?.[1]
    if (!id) continue
    const path = join(dir, name)
    const bytes = await readFile(path)
    segments.push({ id, path, rows: countRows(bytes), sizeBytes: bytes.length })
  }
  return segments
}

/** Makes the file of a segment, with its name on the disk. */
export async function createSegment(dir: string, id: string): Promise<{ file: FileHandle; path: string }> {
  const path = join(dir, id + ENDING)
  const file = await open(path, 'wx', 0o600)
  try {
    const folder = await open(dir)
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
    return { file, path }
  } catch (error) {
    await file.close()
    await unlink(path).catch(() => {})
    throw error
  }
}
