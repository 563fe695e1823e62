import type { Json, LogLine } from '@airlock-ml/contract'
import type { StepContext } from '../run/step-context.ts'
import type { InputFiles } from '../step-files/file-args.ts'

/** What a process is told that runs the body of one step. */
export interface IsolatedTask {
  /** Modules that may export the step, the likeliest first: absolute paths. */
  readonly modules: readonly string[]
  /** The name in its definition. */
  readonly step: string
  readonly inputs: InputFiles
  /** Paths to write to. */
  readonly outputs: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, Json>>
  readonly context: Pick<StepContext, 'run' | 'step' | 'parameters' | 'seed'>
}

/** What is said to that process. */
export type ToIsolated =
  | { readonly type: 'task'; readonly task: IsolatedTask }
  | { readonly type: 'stop'; readonly reason: string }

/** What was thrown, as far as it can be sent. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Of a `RetryAfterError`. */
  readonly retryAfterMs?: number
}

/** What that process says. */
export type FromIsolated =
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'metadata'; readonly metadata: Readonly<Record<string, Json>> }
  /** Each output is in its file; what its materializer says of it. */
  | { readonly type: 'returned'; readonly outputs: Record<string, Readonly<Record<string, Json>>> }
  | { readonly type: 'failed'; readonly error: SentError }
