import type { ArtifactRef, Json, JudgedDrift, LogLine } from '@airlock-ml/contract'
import type { LoadBytes } from '../run/load-in-step.ts'
import type { StepContext } from '../run/step-context.ts'
import type { InputFiles } from '../step-files/file-args.ts'

/** What a process or thread is told that runs the body of one step. */
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

/** Which version of an artifact is loaded. */
export type Which = Parameters<LoadBytes>[1]

/** What is said to it. */
export type ToIsolated =
  | { readonly type: 'task'; readonly task: IsolatedTask }
  | { readonly type: 'stop'; readonly reason: string }
  /** The answer to a `load` of that number: which artifact, and the file with its bytes. */
  | { readonly type: 'loaded'; readonly call: number; readonly ref: ArtifactRef; readonly file: string }
  | { readonly type: 'judged'; readonly call: number; readonly judged: JudgedDrift }
  /** What it asked for could not be had. */
  | { readonly type: 'not-had'; readonly call: number; readonly error: SentError }

/** What was thrown, as far as it can be sent. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Of a `RetryAfterError`. */
  readonly retryAfterMs?: number
}

/** What it says. */
export type FromIsolated =
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'metadata'; readonly metadata: Readonly<Record<string, Json>> }
  /** It wants an artifact by its name. */
  | { readonly type: 'load'; readonly call: number; readonly name: string; readonly which: Which }
  /** It wants drift to be judged. */
  | { readonly type: 'drift'; readonly call: number; readonly drift: Parameters<StepContext['reportDrift']>[0] }
  /** Each output is in its file; what its materializer says of it. */
  | { readonly type: 'returned'; readonly outputs: Record<string, Readonly<Record<string, Json>>> }
  | { readonly type: 'failed'; readonly error: SentError }
