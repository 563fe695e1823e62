import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { readLines } from '../child-process/read-lines.ts'
import { flags, graceMs, type Isolate, outOfMemory, program, stopMessage } from './isolation.ts'
import type { FromIsolated, ToIsolated } from './messages.ts'

/** How long its last lines are waited for. */
const pipesMs = 500

/**
 * Room for young objects. V8 asks whether a thread is near its limit before it moves them to the old ones; with the 48 MiB
 * that it would give them, that many at once carry a thread past its limit, and V8 then ends the whole process.
 */
const youngMiB = 8

/**
 * In a thread of this process, which may call `process.exit`, fill its heap or never return without harm to others. What
 * crashes native code or kills the process ends all of it.
 */
export const runInThread: Isolate = async ({ task, memoryMiB, signal, onMessage, onLine }) => {
  // Set in the environment of its own that a thread has, it would not reach onnxruntime, which then reports its use.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const worker = new Worker(program, {
    ...{ execArgv: flags(), stdout: true, stderr: true, stdin: false },
    resourceLimits: {
      maxYoungGenerationSizeMb: youngMiB,
      ...(memoryMiB !== undefined && { maxOldGenerationSizeMb: memoryMiB }),
    },
  })
  const tell = (message: ToIsolated) => worker.postMessage(message)
  let error: NodeJS.ErrnoException | undefined
  worker.on('error', (thrown: unknown) => {
    error = thrown instanceof Error ? thrown : new Error(String(thrown))
  })
  const ended = new Promise<number>((resolve) => void worker.on('exit', resolve))
  worker.on('message', (message: FromIsolated) => onMessage(message, tell))
  const read = Promise.all(
    (['stdout', 'stderr'] as const).map((name) => readLines(worker[name], (line) => onLine(name, line))),
  )
  tell({ type: 'task', task })
  let patience: NodeJS.Timeout | undefined
  const stop = () => {
    tell(stopMessage(signal))
    patience = setTimeout(() => void worker.terminate(), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const code = await ended
    await Promise.race([read, sleep(pipesMs, undefined, { ref: false })])
    if (error?.code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory(memoryMiB)
    if (error) return `could not be run in a thread: ${error.message}`
    return `ended its thread with exit code ${code} before it returned. Throw an error where a step should fail, instead of calling process.exit.`
  } finally {
    clearTimeout(patience)
    signal.removeEventListener('abort', stop)
  }
}
