/** How much the process that scores a model from elsewhere may use before it is ended. */
export type ScoringLimits = {
  /** From the moment it knows what to score. */
  timeoutMs: number
  /** Processor time of its whole life. Not on Windows. */
  cpuSeconds: number
  /** Memory that it can write to; half of it for JavaScript's heap. Only on Linux for more than that heap. */
  memoryMib: number
}

/** Enough for the largest model and table that are accepted at all. */
export const scoringLimits: ScoringLimits = { timeoutMs: 120_000, cpuSeconds: 120, memoryMib: 4_096 }
