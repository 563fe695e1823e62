import { PlatformError } from '@airlock-ml/contract'

/** Runs work in turns: so many at once, so many waiting, and the rest refused. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Keeps a flood of sign-ins from eating the memory that each hash takes. The returned function throws `sign_in_busy` when
 * `waiting` others wait already.
 */
export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  const queue: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (queue.length >= waiting)
        throw new PlatformError('sign_in_busy', `${running + queue.length} sign-ins are being checked already.`)
      // Whoever is done hands its place on, so that nobody slips in between.
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running--
    }
  }
}
