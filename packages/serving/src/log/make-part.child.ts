import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { type MadePart, makePart } from './make-part.ts'

/** What the thread is asked, and answers. */
export type ToMaker = { segment: string; inputsKey: Uint8Array }
export type FromMaker = { made: MadePart } | { failed: string }

// Whoever asks for predictions comes first.
try {
  setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), 19)
} catch {
  // No Linux: the thread is as important as the others.
}

parentPort?.on('message', ({ segment, inputsKey }: ToMaker) => {
  makePart(segment, inputsKey).then(
    (made) => parentPort?.postMessage({ made } satisfies FromMaker, made.part ? [made.part.bytes.buffer] : []),
    (error: unknown) =>
      parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) } satisfies FromMaker),
  )
})
