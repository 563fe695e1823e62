import type { Client } from '@airlock-ml/client'
import { isPlatformError, type Json } from '@airlock-ml/contract'
import type { RunEvent } from './run-event.ts'
import type { RunInfo } from './step-context.ts'

/** What every part of a running run shares. */
export interface RunSession {
  readonly client: Client
  readonly info: RunInfo
  readonly parameters: Readonly<Record<string, Json>>
  /** What names the run and proves that this process holds it, as every route of it takes. */
  readonly held: { readonly project: string; readonly runId: string }
  readonly leaseToken: string
  readonly emit: (event: RunEvent) => void
  readonly now: () => Date
  /** Aborted by a cancellation or a lost lease; the reason is the error. */
  readonly stop: AbortSignal
  /** Journals of the steps that run now. */
  readonly journals: Set<{ flush(): Promise<void> }>
  /** Stops the run when `error` says that this process no longer holds it. */
  readonly noticeLost: (error: unknown) => void
}

/** Whether an error says that the run is no longer this process's. */
export function isLeaseLost(error: unknown): boolean {
  if (!isPlatformError(error)) return false
  return error.code === 'run_lease_lost' || error.code === 'run_not_running' || error.code === 'run_not_found'
}
