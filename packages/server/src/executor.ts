import { hostname } from 'node:os'

/** A process, so that its death can be seen at once by whoever shares its machine. */
export type Executor = { host: string; pid: number }

export const thisExecutor = (): Executor => ({ host: hostname(), pid: process.pid })

/** What is known of a process: nothing when it runs on another machine. */
export function stateOf({ host, pid }: Executor): 'alive' | 'dead' | 'unknown' {
  if (host !== hostname()) return 'unknown'
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'alive'
  }
}
