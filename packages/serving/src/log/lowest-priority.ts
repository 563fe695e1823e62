import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/** Gives this process the lowest priority, with all its threads: on Linux each thread has one of its own. */
export function takeLowestPriority(): void {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid]
  for (const thread of threads) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    } catch {
      // The thread has ended.
    }
  }
}
