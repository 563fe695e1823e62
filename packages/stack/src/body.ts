import { createHash } from 'node:crypto'
import type { Body } from './object-store.ts'

/** Hands each chunk of a body to `use`, one after the other; the chunk is only lent until `use` is done with it. */
export const eachChunk = async (body: Body, use: (chunk: Uint8Array) => void | Promise<void>): Promise<void> => {
  if (body.lend) return body.lend(use)
  for await (const chunk of body) await use(chunk)
}

/** Passes a body through and shows each chunk to `look`, which may throw to end it. */
const watch = (body: Body, look: (chunk: Uint8Array) => void): Body => ({
  async *[Symbol.asyncIterator]() {
    for await (const chunk of body) {
      look(chunk)
      yield chunk
    }
  },
  lend: (use) =>
    eachChunk(body, (chunk) => {
      look(chunk)
      return use(chunk)
    }),
})

/** Passes a body through and throws what `tooLong` makes as soon as it is longer than `maxBytes`. */
export const atMost = (body: Body, maxBytes: number, tooLong: () => Error): Body => {
  let sizeBytes = 0
  return watch(body, (chunk) => {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw tooLong()
  })
}

/** A whole body in memory. Throws what `tooLong` makes when it is longer than `maxBytes`. */
export const readWhole = async (body: Body, maxBytes: number, tooLong: () => Error): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of atMost(body, maxBytes, tooLong)) chunks.push(chunk)
  const only = chunks[0]
  return chunks.length === 1 && only ? only : Buffer.concat(chunks)
}

/** Bytes in memory as a body. */
export const bodyOf = (...chunks: Uint8Array[]): Body => ({
  async *[Symbol.asyncIterator]() {
    yield* chunks
  },
})

type Hashed = { sha256: string; sizeBytes: number }

/**
 * Passes a body through and hashes it on the way. `result()` is what has passed so far: call it once, at the end.
 *
 * @example
 * const hashing = hashThrough(request.body)
 * await send(hashing.body)
 * const { sha256, sizeBytes } = hashing.result()
 */
export const hashThrough = (body: Body): { body: Body; result: () => Hashed } => {
  const sha256 = createHash('sha256')
  let sizeBytes = 0
  const look = (chunk: Uint8Array): void => {
    sha256.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { body: watch(body, look), result: () => ({ sha256: sha256.digest('hex'), sizeBytes }) }
}

/** SHA-256 and size of a body, which is read to its end. */
export const hashBody = async (body: Body): Promise<Hashed> => {
  const hashing = hashThrough(body)
  await eachChunk(hashing.body, () => {})
  return hashing.result()
}
