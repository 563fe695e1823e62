import { extname, join } from 'node:path'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { moduleFlags } from '@airlock-ml/sdk'
import type { PartRecord } from './part-record.ts'
import type { Left, PartTask, ScoringJob } from './score-part.ts'
import type { ThreadError } from './thread-error.ts'
import { unpackError } from './unpack-error.ts'

/** What a thread is started with. */
export type ThreadData = {
  job: ScoringJob
  model: SharedArrayBuffer
  /** Two 32-bit numbers: whether to stop, and the rows that were scored. */
  counters: SharedArrayBuffer
}
export type ToThread = PartTask | 'end'
export type FromThread = { ready: true } | { done: PartRecord | Left; index: number } | { failed: ThreadError }

type Scoring = {
  job: ScoringJob
  model: Uint8Array
  threads: number
  /** What is to be done now, asked whenever a thread is free; `undefined` when nothing is left. */
  nextTask: () => PartTask | undefined
  onPart: (outcome: PartRecord | Left, index: number) => void
  signal: AbortSignal
  /** Told every second how many rows were scored since the start. */
  onPace: (scored: number) => void
}

const program = join(import.meta.dirname, `score-parts.child${extname(import.meta.filename)}`)
// From source, packages are found as source there too, whatever made them be so here.
const flags = () => [...moduleFlags(process.execArgv), ...(program.endsWith('.ts') ? ['--conditions=source'] : [])]
const paceMs = 1_000

/**
 * Scores parts in threads of this process, so that they end when it does. Rejects with the first failure, and with the
 * reason of the signal, when nothing is being written any more.
 */
export async function scoreInThreads({
  job,
  model,
  threads,
  nextTask,
  onPart,
  signal,
  onPace,
}: Scoring): Promise<void> {
  const counters = new SharedArrayBuffer(8)
  const shared = new Int32Array(counters)
  const stop = () => void Atomics.store(shared, 0, 1)
  const bytes = new SharedArrayBuffer(model.byteLength)
  new Uint8Array(bytes).set(model)
  let lastCount = 0
  let scored = 0
  const count = () => {
    const now = Atomics.load(shared, 1)
    // It wraps around at 2³¹ rows.
    scored += (now - lastCount) >>> 0
    lastCount = now
    return scored
  }
  const pace = setInterval(() => onPace(count()), paceMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const workerData: ThreadData = { job, model: bytes, counters }
  const ask = () => (Atomics.load(shared, 0) === 0 ? nextTask() : undefined)
  try {
    const runThread = () =>
      inThread(workerData, { ask, onPart }).catch((error: unknown) => {
        stop()
        throw error
      })
    const ends = await Promise.allSettled(Array.from({ length: threads }, runThread))
    const failed = ends.find((end) => end.status === 'rejected')
    signal.throwIfAborted()
    if (failed) throw failed.reason
  } finally {
    clearInterval(pace)
    signal.removeEventListener('abort', stop)
  }
}

/** Gives one thread task after task. */
function inThread(
  workerData: ThreadData,
  { ask, onPart }: { ask: () => PartTask | undefined; onPart: Scoring['onPart'] },
): Promise<void> {
  // What a thread sets in an environment of its own never reaches native code, and onnxruntime's telemetry stays on.
  const worker = new Worker(program, { workerData, env: SHARE_ENV, execArgv: flags() })
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    const next = () => worker.postMessage((failure ? undefined : ask()) ?? 'end')
    worker.on('message', (message: FromThread) => {
      if ('failed' in message) failure = unpackError(message.failed)
      else if ('done' in message) {
        try {
          onPart(message.done, message.index)
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error))
        }
      }
      next()
    })
    worker.on('error', (error: Error) => {
      failure ??= error
    })
    worker.on('exit', (code) => {
      if (failure) reject(failure)
      else if (code === 0) resolve()
      else reject(new Error(`A thread of the batch ended with ${code}.`))
    })
  })
}
