import type { RunError } from '@airlock-ml/contract'
import type { RunInfo, StepLog } from './step-context.ts'

/** What a hook is told. */
export interface HookEvent {
  readonly on: 'success' | 'failure'
  readonly run: RunInfo
  readonly labels: Readonly<Record<string, string>>
  /** Why the run failed; null on success. */
  readonly error: RunError | null
  readonly log: StepLog
  readonly now: () => Date
}

/**
 * The default export of a hook module. Called once, at the end of a run. A success hook that throws fails the run; on
 * success the version is registered after all hooks are done.
 *
 * @example
 * const announce: Hook = async ({ run, log }) => log.info(`${run.pipeline} succeeded`)
 * export default announce
 */
export type Hook = (event: HookEvent) => void | Promise<void>

/** A hook with the path it was loaded from, under which it is recorded. */
export interface LoadedHook {
  readonly name: string
  readonly run: Hook
}

/** A hook that a breach of drift calls, by its path in a project. */
export interface DriftHookFile {
  readonly name: string
  readonly projectDir: string
}

/** The hooks of a run, in their order. */
export interface Hooks {
  readonly success: readonly LoadedHook[]
  readonly failure: readonly LoadedHook[]
  readonly drift?: readonly DriftHookFile[]
}

export const noHooks: Hooks = { success: [], failure: [] }
