import type { Finding } from '@airlock-ml/contract'

/** Something that nothing needs. `remove` looks again, and answers false when it is needed by now. */
export type Orphan = { finding: Finding; isSpared: boolean; remove: () => Promise<boolean> }

/** What was touched within this time may be in flight. */
export const MIN_AGE_MS = 60 * 60_000

export const spared = (detail: string, why: string | null): string =>
  why === null ? detail : `${detail} Spared: ${why}.`
