import { fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { extname, join } from 'node:path'
import type { Environment, Json, ServedVersion } from '@airlock-ml/contract'

/** The pipeline that answers, as another process can load it by itself. */
export type ServedCode = {
  /** Folder of the project's code. */
  dir: string
  /** Folder of its pipelines in there. */
  pipelines: string
  pipeline: string
  params: Readonly<Record<string, Json>>
  environment: Environment
  project: string
  deploymentId: string
}

/** What such a process is told first. */
export type ShadowTask = {
  is: 'task'
  code: ServedCode
  version: ServedVersion
  /** By role, the model among them. */
  artifacts: Readonly<Record<string, Uint8Array>>
  memoryBytes: number
}

/** Then rows, row by row, by the names of the champion's features. */
export type ToShadow =
  | ShadowTask
  | { is: 'rows'; features: Float32Array; rows: number; featureNames: readonly string[] }

export type FromShadow =
  | { is: 'ready'; featureNames: readonly string[]; classLabels: readonly string[] }
  | { is: 'answered'; answers: ShadowAnswers }
  | { is: 'failed'; why: string }

export type ShadowAnswers = {
  /** Of each row the number of its label among the class labels; -1 where it failed. */
  labels: Int32Array
  probabilities: Float32Array
  /** Why the first row that failed did. */
  why: string | null
}

export type ShadowLimits = {
  /** The longest that it may take to load, and to answer once. */
  loadMs: number
  answerMs: number
  /** The most memory that its process may have. */
  memoryBytes: number
}

export type ShadowProcess = {
  pid: number | undefined
  ask: (asked: Omit<ToShadow & { is: 'rows' }, 'is'>) => void
  end: () => Promise<void>
}

type Listener = {
  onReady: (names: { featureNames: readonly string[]; classLabels: readonly string[] }) => void
  onAnswer: (answers: ShadowAnswers) => void
  /** It has ended, or is being ended; nothing comes after. */
  onFault: (why: string) => void
}

/** With which it ends itself when it has grown too large. */
export const TOO_LARGE = 'SIGUSR2'

const program = join(import.meta.dirname, `shadow.child${extname(import.meta.filename)}`)
const MOST_STDERR = 20_000

/**
 * Starts a process that answers what it is asked, one after the other; whatever it does there, it can be ended. It is no
 * thread: a thread whose heap is full takes its whole process with it when it is ended, and so does one that crashes in
 * native code.
 */
export function startShadowProcess(
  task: Omit<ShadowTask, 'is' | 'memoryBytes'>,
  limits: ShadowLimits,
  listener: Listener,
): ShadowProcess {
  const { memoryBytes, loadMs, answerMs } = limits
  const heap = `--max-old-space-size=${Math.ceil(memoryBytes / 1024 ** 2)}`
  const child = fork(program, {
    ...{ execArgv: [...process.execArgv, heap], serialization: 'advanced' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MOST_STDERR)
  })
  let isOver = false
  let late = setTimeout(() => fault(`It did not load within ${loadMs} ms.`), loadMs)
  const end = async () => {
    isOver = true
    clearTimeout(late)
    child.kill('SIGKILL')
    await gone
  }
  const fault = (why: string) => {
    if (isOver) return
    void end()
    listener.onFault(why)
  }
  const send = (message: ToShadow) => {
    // What cannot be sent is told by its end.
    child.send(message, () => {})
  }
  child.on('message', (message: FromShadow) => {
    if (isOver) return
    clearTimeout(late)
    if (message.is === 'ready') listener.onReady(message)
    else if (message.is === 'answered') listener.onAnswer(message.answers)
    else fault(message.why)
  })
  child.on('error', (error) => fault(error.message))
  child.on('exit', (code, signal) => {
    const isTooLarge = signal === TOO_LARGE || /heap out of memory|Reached heap limit/.test(stderr)
    fault(isTooLarge ? `It needs more than ${memoryBytes} bytes.` : `Its process ended with ${signal ?? code}.`)
  })
  try {
    // Whoever is answered comes first.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is gone already, which is told.
  }
  child.unref()
  send({ is: 'task', ...task, memoryBytes })
  return {
    pid: child.pid,
    ask: (asked) => {
      late = setTimeout(() => fault(`It did not answer within ${answerMs} ms.`), answerMs)
      send({ is: 'rows', ...asked })
    },
    end,
  }
}
