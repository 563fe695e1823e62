import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FromMaker, ToMaker } from './make-part.child.ts'
import type { MadePart } from './make-part.ts'

const program = join(import.meta.dirname, `make-part.child${extname(import.meta.filename)}`)

/** Makes parts in a thread of their own, one after the other, so that answering does not wait for them. */
export type PartMaker = { make: (segment: string) => Promise<MadePart>; close: () => Promise<void> }

export function openPartMaker(inputsKey: Uint8Array): PartMaker {
  let worker: Worker | null = null
  const start = () => {
    const started = new Worker(program)
    started.on('exit', () => {
      if (worker === started) worker = null
    })
    return started
  }
  return {
    make: (segment) => {
      worker ??= start()
      const asked = worker
      return new Promise<MadePart>((resolve, reject) => {
        const end = (settle: () => void) => {
          asked.off('message', onMessage).off('error', onError).off('exit', onExit)
          settle()
        }
        const onMessage = (said: FromMaker) =>
          end(() => ('made' in said ? resolve(said.made) : reject(new Error(said.failed))))
        const onError = (error: unknown) => end(() => reject(error))
        const onExit = (code: number) => end(() => reject(new Error(`The thread that makes parts ended with ${code}.`)))
        asked.on('message', onMessage).on('error', onError).on('exit', onExit)
        asked.postMessage({ segment, inputsKey } satisfies ToMaker)
      })
    },
    close: async () => {
      await worker?.terminate()
    },
  }
}
