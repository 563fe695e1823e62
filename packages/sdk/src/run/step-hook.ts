import type { ArtifactType, Json } from '@airlock-ml/contract'
import type { RunInfo, StepLog } from './step-context.ts'

/** What a hook of a step is told. */
export interface StepHookEvent {
  readonly on: 'success' | 'failure'
  readonly run: RunInfo
  /** Name of the step in this pipeline. */
  readonly step: string
  /** Why the step failed; null on success. */
  readonly error: string | null
  /** What the step recorded about itself. */
  readonly metadata: Readonly<Record<string, Json>>
  /** What it made; nothing on failure. */
  readonly outputs: Readonly<Record<string, { readonly type: ArtifactType; readonly digest: string }>>
  /** Writes to the log of the step. */
  readonly log: StepLog
  readonly now: () => Date
  /** Aborted when the run is cancelled or loses its lease. */
  readonly signal: AbortSignal
}

/**
 * What an author lets happen when a step has ended, in the process of the run, wherever the step itself ran. It is called
 * once for a step that ran, however many attempts that took, and not for one that was cached, skipped or cancelled; again
 * only where a process was killed before it could record the end of the step, and the run is retried.
 *
 * @example
 * const tellTeam: StepHook = ({ step, error, log }) => log.warn(`${step} failed: ${error}`)
 * const loadData = step({ name: 'load_data', onFailure: tellTeam, run: () => {} })
 */
export type StepHook = (event: StepHookEvent) => void | Promise<void>

/** The hooks of a step, by their occasion. */
export type StepHooks = { readonly [On in StepHookEvent['on']]?: StepHook }
