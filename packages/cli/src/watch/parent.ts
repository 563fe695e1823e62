import type { FromRound, ToRound } from './messages.ts'

/** The process that watches, as that of a round sees it. */
export type Parent = {
  tell: (message: FromRound) => void
  /** Aborted when it cancels the round, or is gone. */
  signal: AbortSignal
  leave: () => void
}

export function parentOfRound(): Parent {
  const stop = new AbortController()
  process.on('message', ({ cancelledBy }: ToRound) => stop.abort(new Error(cancelledBy)))
  process.once('disconnect', () => stop.abort(new Error('the end of its watch')))
  // A terminal sends its interrupt to both, and the watching one decides: a second must not kill this one half-way.
  process.on('SIGINT', () => {})
  return {
    tell: (message) => void (process.connected && process.send?.(message)),
    signal: stop.signal,
    leave: () => void (process.connected && process.disconnect()),
  }
}
