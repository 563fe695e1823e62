import type { Client } from '@airlock-ml/client'
import { type ArtifactRef, type CancelRequest, isPlatformError, type Json } from '@airlock-ml/contract'
import type { StepCache } from '../cache/step-cache.ts'
import type { RunEvent } from './run-event.ts'
import type { RunInfo } from './step-context.ts'

/** What every part of a running run shares. */
export interface RunSession {
  readonly client: Client
  readonly info: RunInfo
  /** What the randomness of its steps comes from. */
  readonly snapshotDigest: string
  readonly parameters: Readonly<Record<string, Json>>
  /** What names the run and proves that this process holds it, as every route of it takes. */
  readonly held: { readonly project: string; readonly runId: string }
  readonly leaseToken: string
  readonly emit: (event: RunEvent) => void
  readonly now: () => Date
  /** From 0 up to 1, for what nobody repeats: how long a retry waits. */
  readonly random: () => number
  /** What the steps that are done made, by step and output. */
  readonly outputs: Map<string, Readonly<Record<string, ArtifactRef>>>
  /** The run that this one retries, with the steps that completed there. */
  readonly retryOf: { readonly runId: string; readonly completed: ReadonlySet<string> } | null
  /** Where steps that ask for it are looked up; null where no cache is used. */
  readonly cache: StepCache | null
  /** Steps that told how the rows of a batch differ from training. */
  readonly driftReports: Set<string>
  /** Aborted by a cancellation, a lost lease or a stray error; the reason is the error. */
  readonly stop: AbortSignal
  /** Journals of the steps that run now. */
  readonly journals: Set<{ readonly step: string; flush(): Promise<void> }>
  /** Stops the run when `error` says that this process no longer holds it, or that somebody asked for its end. */
  readonly noticeEnd: (error: unknown) => void
  /** Stops the run because somebody asked for its end. */
  readonly cancel: (request: Pick<CancelRequest, 'by' | 'reason'>) => void
}

/** Whether an error says that the run is no longer this process's. */
export function isLeaseLost(error: unknown): boolean {
  if (!isPlatformError(error)) return false
  return error.code === 'run_lease_lost' || error.code === 'run_not_running' || error.code === 'run_not_found'
}
