import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PlatformError } from '@airlock-ml/contract'

/** Writes `bytes` to `file` when their SHA-256 is `digest`; throws `blob_damaged` and leaves nothing otherwise. */
export async function fetchArtifact(bytes: ReadableStream<Uint8Array>, digest: string, file: string): Promise<void> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const temporary = `${file}.${process.pid}.part`
  try {
    await pipeline(bytes, hashing, createWriteStream(temporary, { flush: true }))
    const found = hash.digest('hex')
    if (found !== digest) {
      throw new PlatformError('blob_damaged', `The bytes that came have SHA-256 ${found}, not ${digest}.`)
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
