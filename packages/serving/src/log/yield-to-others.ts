import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Gives this process, with all its threads, only the time that no other process wants. On Linux a priority belongs to a
 * thread, and even at the lowest one a thread keeps its processor for some milliseconds from one that wakes; the idle
 * policy of `chrt` (util-linux) does not. Where that program is missing, or on another system, it is the lowest priority.
 */
export function yieldToOthers(): void {
  if (process.platform === 'linux') {
    const { status } = spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)], {
      stdio: 'ignore',
    })
    if (status === 0) return
  }
  for (const thread of threadsOf()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW)
    } catch {
      // The thread has ended.
    }
  }
}

const threadsOf = (): number[] =>
  process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid]

const WORK_MS = 1
const REST_MS = 3

/**
 * Sleeps each time that a millisecond of work has gone by. A processor that is never idle, by whatever it is kept, takes
 * no waiting thread over from another one before the scheduler's next look, which is milliseconds later.
 */
export function openRests(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < WORK_MS) return
    await sleep(REST_MS)
    since = performance.now()
  }
}
