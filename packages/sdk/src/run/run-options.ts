import type { Client } from '@airlock-ml/client'
import type { Api, RouteInput, Run, SnapshotSpec } from '@airlock-ml/contract'
import type { CacheOptions } from '../cache/step-cache.ts'
import type { Pipeline } from '../define/pipeline.ts'
import type { Hooks } from './hook.ts'
import type { NewVersion, RunEvent } from './run-event.ts'

/** What to run, where, and how. */
export interface RunPipelineOptions {
  readonly client: Client
  readonly project: string
  readonly pipeline: Pipeline
  /** What to run: a compiled pipeline, which is stored first, or the id of one that is stored. */
  readonly snapshot: SnapshotSpec | { readonly id: string }
  /** Which version a consuming pipeline is pinned to. Default: what the workspace chooses for the environment. */
  readonly version?: RouteInput<Api['startRun']>['body']['version']
  /** Which version a comparing pipeline holds the other against. Default: who holds the stage of the environment. */
  readonly champion?: RouteInput<Api['startRun']>['body']['champion']
  readonly labels?: Readonly<Record<string, string>>
  /** Those that the snapshot names, as `loadHooks` gives them. Default none. */
  readonly hooks?: Hooks
  /** The most steps that run at the same time. Default: the number of processors. */
  readonly concurrency?: number
  /** Told of everything that happens. It must not throw. */
  readonly onEvent?: (event: RunEvent) => void
  /** Cancels the run: it ends as `cancelled by REASON`, the reason being that of the signal. */
  readonly signal?: AbortSignal
  /** Fails the run at once: its reason is what code of the project threw where nobody waits for it, as in a timer. */
  readonly stray?: AbortSignal
  /**
   * The id of a run of the same snapshot that failed, was lost or cancelled: what its steps made is taken over where it
   * is still there and was made of the same bytes.
   */
  readonly retryOf?: string
  /** Lets steps that ask for it take what an earlier run made. Default: every step is run. */
  readonly cache?: CacheOptions
  readonly now?: () => Date
  /** From 0 up to 1: spreads the delays of retries. Default `Math.random`. */
  readonly random?: () => number
}

/** How a run ended. */
export interface RunOutcome {
  /** Its status is `completed`, `failed` or `cancelled`. */
  readonly run: Run
  /** The version that a training run registered; null for every other run, and for one that ended badly or skipped its training. */
  readonly version: NewVersion | null
}
