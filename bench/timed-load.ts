import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What a process that asks for predictions is told: first this, then the moments around which to look. */
export interface LoadTask {
  readonly url: string
  readonly body: string
  readonly authorization: string
  readonly connections: number
}

/** What came of the requests whose answers came within a second after one of the moments, and of all others. */
export interface TimedLoad {
  readonly requests: number
  readonly failed: number
  readonly within: { readonly requests: number; readonly p99Ms: number; readonly mostMs: number }
  readonly rest: { readonly requests: number; readonly p99Ms: number; readonly mostMs: number }
}

/** Starts to ask the same again and again in another process, and keeps when each answer came. */
export function startTimedLoad(task: LoadTask): { stop: (momentsMs: readonly number[]) => Promise<TimedLoad> } {
  const child = fork(join(import.meta.dirname, 'timed-load.child.ts'))
  child.send(task)
  return {
    stop: async (momentsMs) => {
      const told = once(child, 'message')
      child.send(momentsMs)
      const [load] = (await told) as [TimedLoad]
      child.disconnect()
      return load
    },
  }
}
