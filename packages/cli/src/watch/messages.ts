import type { RunStatus } from '@airlock-ml/contract'

/** What the process of a round says: which files it is made of, also before they load, and how its run ended. */
export type FromRound = { files: readonly string[] } | { run: { id: string; status: RunStatus } }

/** What that process is told: who cancels it. */
export type ToRound = { cancelledBy: string }
