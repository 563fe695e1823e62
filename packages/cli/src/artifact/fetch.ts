import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { PlatformError } from '@airlock-ml/contract'
import { writeWhole } from '../output/write-whole.ts'

/** Writes `bytes` to `file` when their SHA-256 is `digest`; throws `blob_damaged` and leaves nothing otherwise. */
export async function fetchArtifact(bytes: ReadableStream<Uint8Array>, digest: string, file: string): Promise<void> {
  const hash = createHash('sha256')
  const hashed = Readable.from(
    (async function* () {
      for await (const chunk of bytes) {
        hash.update(chunk)
        yield chunk
      }
    })(),
  )
  await writeWhole(file, hashed, () => {
    const found = hash.digest('hex')
    if (found === digest) return
    throw new PlatformError('blob_damaged', `The bytes that came have SHA-256 ${found}, not ${digest}.`)
  })
}
