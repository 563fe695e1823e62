import type { ScoringLimits } from './limits.ts'
import { type Scorer, startScorer } from './scorer.ts'

/** Where limited processes come from that score one model each. */
export type Scorers = {
  /** One that nobody used before: it may still be loading. Whoever takes it gives it back. */
  take: () => Scorer
  /** Ends it, whatever it does; nobody needs to wait for that. */
  giveBack: (scorer: Scorer) => void
  /**
   * From now on one stands ready, so that a promotion does not wait the third of a second that it takes to load one;
   * it costs about 80 MiB of memory. One that was taken is replaced a second later, when its promotion is likely over.
   */
  keepReady: () => void
  /** Ends the one that stands ready, and waits for those that were given back. */
  close: () => Promise<void>
}

const REPLACE_AFTER_MS = 1_000

/** Starts one for each who asks, until `keepReady` is called. */
export function openScorers(limits: ScoringLimits, start = startScorer): Scorers {
  let ready: Scorer | null = null
  let keepsReady = false
  let replacing: NodeJS.Timeout | undefined
  const ending = new Set<Promise<void>>()
  const refill = () => {
    if (!ready?.isRunning()) ready = start(limits, { rehearses: true })
  }
  return {
    take: () => {
      const taken = ready?.isRunning() ? ready : start(limits)
      ready = null
      clearTimeout(replacing)
      if (keepsReady) replacing = setTimeout(refill, REPLACE_AFTER_MS)
      return taken
    },
    giveBack: (scorer) => {
      const ended = scorer.stop()
      ending.add(ended)
      void ended.then(() => ending.delete(ended))
    },
    keepReady: () => {
      keepsReady = true
      refill()
    },
    close: async () => {
      keepsReady = false
      clearTimeout(replacing)
      await ready?.stop()
      ready = null
      await Promise.all(ending)
    },
  }
}
