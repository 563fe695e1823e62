import type { ArtifactRef, DriftHookEnd, HookRun, LogLine, Run, RunError } from '@airlock-ml/contract'

/** A version that a run registered. */
export interface NewVersion {
  readonly model: string
  readonly number: number
  /** SHA-256 of the ONNX file. */
  readonly digest: string
}

/** What happens in a run, in the order it happens. Steps that run in parallel interleave. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly run: Run; readonly steps: readonly string[] }
  | { readonly type: 'step-started'; readonly step: string }
  | {
      readonly type: 'step-completed'
      readonly step: string
      readonly durationMs: number
      readonly outputs: Readonly<Record<string, ArtifactRef>>
    }
  | {
      readonly type: 'step-failed' | 'step-cancelled'
      readonly step: string
      readonly durationMs: number
      readonly message: string
    }
  /** An attempt failed; the next begins after the delay. */
  | {
      readonly type: 'step-retried'
      readonly step: string
      /** The one that failed, from 1. */
      readonly attempt: number
      readonly delayMs: number
      readonly message: string
    }
  | { readonly type: 'step-skipped'; readonly step: string; readonly reason: string }
  /** What an earlier run made was taken. */
  | {
      readonly type: 'step-cached'
      readonly step: string
      readonly fromRunId: string
      readonly outputs: Readonly<Record<string, ArtifactRef>>
    }
  /** `step` is null for a line of a hook. */
  | { readonly type: 'log'; readonly step: string | null; readonly line: LogLine }
  /** `step` is null for a hook of the platform. */
  | { readonly type: 'hook'; readonly step: string | null; readonly hook: HookRun }
  /** A drift hook was called. */
  | { readonly type: 'drift-hook'; readonly hook: { readonly name: string } & DriftHookEnd }
  | { readonly type: 'run-completed'; readonly run: Run; readonly version: NewVersion | null }
  | { readonly type: 'run-failed' | 'run-cancelled'; readonly run: Run; readonly error: RunError }
