import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { eachChunk } from '../body.ts'
import type { Body } from '../object-store.ts'
import { guarded, type Place } from './fs-error.ts'

/**
 * Writes a body into a new file, hashes it, and puts it on the medium. While a chunk is being written it is hashed.
 * After any failure the file is gone.
 */
export const writeTempFile = async (
  path: string,
  body: Body,
  place: Place,
): Promise<{ sha256: string; sizeBytes: number }> => {
  const file = await guarded(place, open(path, 'wx'))
  try {
    const sha256 = createHash('sha256')
    let sizeBytes = 0
    await eachChunk(body, async (chunk) => {
      const writing = guarded(place, writeChunk(file, chunk))
      sha256.update(chunk)
      sizeBytes += chunk.byteLength
      await writing
    })
    await guarded(place, file.sync())
    await guarded(place, file.close())
    return { sha256: sha256.digest('hex'), sizeBytes }
  } catch (error) {
    await file.close().catch(() => {})
    await rm(path, { force: true }).catch(() => {})
    throw error
  }
}

const writeChunk = async (file: FileHandle, chunk: Uint8Array): Promise<void> => {
  let offset = 0
  while (offset < chunk.byteLength) {
    const { bytesWritten } = await file.write(chunk, offset, chunk.byteLength - offset, null)
    offset += bytesWritten
  }
}
