import type { DriftNotice, LogLine } from '@airlock-ml/contract'

/** What the process of a drift hook is told. */
export type ToDriftHook =
  | {
      readonly is: 'task'
      readonly file: string
      readonly notice: DriftNotice
      readonly project: string
      readonly callId: string
    }
  | { readonly is: 'stop'; readonly reason: string }

/** What it says. */
export type FromDriftHook =
  | { readonly is: 'log'; readonly line: LogLine }
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly error: string }
