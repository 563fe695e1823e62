import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Body } from '../object-store.ts'
import { guarded, type Place, storeError } from './fs-error.ts'

const chunkBytes = 1024 * 1024
// A named pipe must not hold up the opening, and a link must not be followed; Windows knows neither flag.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

type NextBuffer = (sizeBytes: number) => Buffer

const freshBuffers: NextBuffer = (sizeBytes) => Buffer.allocUnsafeSlow(sizeBytes)

/** Two buffers in turn: one is worked on while the other is filled. */
const twoBuffers = (): NextBuffer => {
  let idle: Buffer | undefined
  let busy: Buffer | undefined
  return (sizeBytes) => {
    const next = idle ?? Buffer.allocUnsafeSlow(sizeBytes)
    idle = busy
    busy = next
    return next
  }
}

/** The bytes of a regular file. */
export const fileBody = (path: string, place: Place): Body => ({
  [Symbol.asyncIterator]: () => readChunks(path, place, freshBuffers),
  // Memory that is new for each chunk costs more than reading, hashing and writing it together.
  lend: async (use) => {
    for await (const chunk of readChunks(path, place, twoBuffers())) await use(chunk)
  },
})

/** Some bytes of a regular file: fewer than asked for where it ends before. */
export async function readFileRange(
  path: string,
  place: Place,
  { from, to }: { from: number; to: number },
): Promise<Uint8Array> {
  const file = await guarded(place, open(path, flags))
  try {
    const { size, isFile } = await guarded(
      place,
      file.stat().then((found) => ({ size: found.size, isFile: found.isFile() })),
    )
    if (!isFile) throw storeError('not_a_file', place)
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(to, size) - from))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await guarded(place, file.read(bytes, filled, bytes.length - filled, from + filled))
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** While a chunk is worked on, the next one is being read. */
async function* readChunks(path: string, place: Place, nextBuffer: NextBuffer): AsyncGenerator<Uint8Array> {
  const file = await guarded(place, open(path, flags))
  let ahead: Promise<Uint8Array | Error> | undefined
  try {
    const found = await guarded(place, file.stat())
    if (!found.isFile()) throw storeError('not_a_file', place)
    const sizeBytes = Math.max(1, Math.min(chunkBytes, found.size))
    ahead = fill(file, nextBuffer(sizeBytes), place)
    for (;;) {
      const chunk = await ahead
      if (chunk instanceof Error) throw chunk
      if (chunk.byteLength === 0) return
      ahead = fill(file, nextBuffer(sizeBytes), place)
      yield chunk
    }
  } finally {
    await ahead
    await file.close()
  }
}

// Answers errors instead of throwing them: it runs ahead of whoever would catch them.
const fill = async (file: FileHandle, buffer: Buffer, place: Place): Promise<Uint8Array | Error> => {
  let filled = 0
  try {
    while (filled < buffer.byteLength) {
      const { bytesRead } = await guarded(place, file.read(buffer, filled, buffer.byteLength - filled, null))
      if (bytesRead === 0) break
      filled += bytesRead
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  return buffer.subarray(0, filled)
}
