import type { DriftNotice } from '@airlock-ml/contract'
import type { StepLog } from '../run/step-context.ts'

/** What a drift hook is told: what answered, which version, and what is beyond its limit. */
export interface DriftEvent extends DriftNotice {
  readonly project: string
  /** Of this call. Each breach calls each hook at most once, so that it can serve as a key elsewhere. */
  readonly callId: string
  /** Writes to the log of the service, or of the run. */
  readonly log: StepLog
  readonly now: () => Date
  /** Aborted when its time is up. */
  readonly signal: AbortSignal
}

/**
 * The default export of a drift hook's module. Called when a breach of drift begins, of a service or of a batch run, in
 * a process of its own beside it, for at most a minute. It changes nothing of what is answered, and its failure is
 * recorded and stops nothing: gates and guards do that.
 *
 * @example
 * const announce: DriftHook = ({ model, number, breaches, log }) =>
 *   log.warn(`${model} ${number} drifts: ${breaches.map(({ name }) => name).join(', ')}`)
 * export default announce
 */
export type DriftHook = (event: DriftEvent) => void | Promise<void>
