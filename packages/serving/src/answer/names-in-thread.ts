import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ModelNames } from '@airlock-ml/tabular'
import type { ThreadError } from '../batch/thread-error.ts'
import { unpackError } from '../batch/unpack-error.ts'

/** What the thread answers. */
export type NamesOrError = { names: ModelNames } | { failed: ThreadError }

const program = join(import.meta.dirname, `names-of-model.child${extname(import.meta.filename)}`)

/** Checks a graph of that digest and says what it takes. */
export type NamesOf = (bytes: Uint8Array, digest: string) => Promise<ModelNames>

/**
 * As `namesOfModel`, in a thread of its own, so that requests are answered meanwhile; and once for each digest, so that
 * a way back takes no longer than it must. Rejects with what that throws.
 */
export function openModelChecks(): NamesOf {
  const known = new Map<string, ModelNames>()
  return async (bytes, digest) => {
    const before = known.get(digest)
    if (before) return before
    const names = await namesInThread(bytes)
    known.set(digest, names)
    return names
  }
}

function namesInThread(bytes: Uint8Array): Promise<ModelNames> {
  const execArgv = program.endsWith('.ts') ? ['--conditions=source'] : []
  const worker = new Worker(program, { workerData: bytes, execArgv })
  return new Promise((resolve, reject) => {
    worker.once('message', (said: NamesOrError) => {
      if ('names' in said) resolve(said.names)
      else reject(unpackError(said.failed))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`The thread that checks the model ended with ${code}.`)))
  })
}
