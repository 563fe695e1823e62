import { beforeEach } from 'vitest'

/** A time that only a test moves. */
export type StoppedClock = { ms: number; now: () => Date }

/** A clock that stands at `start` when a test begins, or at the time of that moment, and goes on only when `ms` is set. */
export function stoppedClock(start?: string): StoppedClock {
  const clock: StoppedClock = { ms: 0, now: () => new Date(clock.ms) }
  beforeEach(() => {
    clock.ms = start === undefined ? Date.now() : Date.parse(start)
  })
  return clock
}
