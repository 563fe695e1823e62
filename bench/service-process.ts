import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ServedVersion } from '@airlock-ml/contract'

/** What a process that answers predictions is asked to be. */
export interface ServiceTask {
  readonly is: 'service' | 'bare'
  /** Path of the model. */
  readonly onnx: string
  readonly version: ServedVersion
  readonly keySha256: string
  /** 0 for any. */
  readonly port: number
  readonly sharesPort: boolean
  /** Path of a model that answers beside it, unheard. */
  readonly shadow?: string
  /** What it answers with after the first swap; then by turns. */
  readonly next?: { readonly onnx: string; readonly version: ServedVersion }
  /** An empty folder for its prediction log; without one it keeps none. */
  readonly logDir?: string
}

/** How a version took over. */
export interface Swapped {
  /** When the process began to load it. */
  readonly heardAtMs: number
  readonly swappedAtMs: number
  readonly lastOldAnswerAtMs: number
  /** Answers of the old version after `swappedAtMs`. */
  readonly oldAnswers: number
}

export interface ServiceProcess {
  readonly url: string
  /** Processor time that it has used, in microseconds. */
  readonly cpuUs: () => Promise<number>
  /** Rows that its shadow answered and was not asked. */
  readonly shadowed: () => Promise<{ answered: number; dropped: number }>
  /** Predictions that its log has recorded, has in hand, and lost. */
  readonly recorded: () => Promise<{ logged: number; logWaiting: number; logLost: number }>
  /** Lets the other version take over. */
  readonly swap: () => Promise<Swapped>
  readonly stop: () => Promise<void>
}

/** Starts such a process, and says where it listens. */
export async function startServiceProcess(
  task: ServiceTask,
  execArgv: readonly string[] = [],
): Promise<ServiceProcess> {
  const child = fork(join(import.meta.dirname, 'serving.child.ts'), {
    execArgv: [...process.execArgv, ...execArgv],
  })
  const gone = once(child, 'exit')
  child.send(task)
  const [first] = await Promise.race([once(child, 'message'), gone])
  const url = (first as { url?: string } | null)?.url
  if (url === undefined) throw new Error(`The process of the ${task.is} ended before it listened.`)
  const ask = async <T>(about: 'cpu' | 'shadow' | 'log' | 'swap'): Promise<T> => {
    const told = once(child, 'message')
    child.send(about)
    return ((await told) as [T])[0]
  }
  return {
    url,
    cpuUs: async () => {
      const { user, system } = await ask<NodeJS.CpuUsage>('cpu')
      return user + system
    },
    shadowed: () => ask('shadow'),
    recorded: () => ask('log'),
    swap: () => ask('swap'),
    stop: async () => {
      child.disconnect()
      await gone
    },
  }
}
