import { didYouMean, RetrySpec, SnapshotStep } from '@airlock-ml/contract'
import type { StepHook } from '../run/step-hook.ts'
import { schemaProblems } from '../schema-problems.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import type { Called } from './called.ts'
import { invalid } from './check-names.ts'
import type { Ref } from './ref.ts'

/** How a step that failed is tried again. */
export interface Retry {
  /** In all, the first one too: at least 2. */
  readonly attempts: number
  /** Before the second attempt. Default 1,000. Each delay is cut at random to between its half and its whole. */
  readonly delayMs?: number
  /** By what the delay grows from one attempt to the next. Default 2. */
  readonly factor?: number
  /** The longest delay. Default 60,000. */
  readonly maxDelayMs?: number
}

/** How a step is run. A call may set each of them anew. */
export interface StepSettings {
  /** Default: one attempt. Only what `run` throws is tried again, and no `NonRetryableError`. */
  readonly retry?: Retry
  /** After so long an attempt has failed; its `context.signal` is aborted then. Default: no limit. */
  readonly timeoutMs?: number
  /**
   * Takes the result of an earlier run of the same code, parameters and inputs. Default: not. `airlock run --watch` caches
   * every step but one that says `false`.
   */
  readonly cache?: boolean
  /**
   * `process`: in a process of its own, which can be ended and whose memory is its own; `thread`: in a thread, which starts
   * faster and protects from less (docs/command-steps.md). Default `none`.
   */
  readonly isolation?: 'none' | 'process' | 'thread'
  /** Called when it has done its work, before that is recorded. One that throws fails the step. */
  readonly onSuccess?: StepHook
  /** Called when it has failed for good. */
  readonly onFailure?: StepHook
  /** What it asks for of the machine. */
  readonly resources?: { readonly cpus?: number; readonly memoryMiB?: number }
}

/** What else a call of a step says: how it is run, and when. */
export interface CallSettings extends StepSettings {
  /** Steps that it waits for without reading them: outputs, or what a call answered with. */
  readonly after?: readonly (Ref | Called)[]
  /** It runs when this output is true; when it is false, it is skipped, and what depends on it. */
  readonly when?: Ref<'json', boolean>
}

/** Settings as a snapshot holds them: what is as if it were not said is left out. */
export type CompiledSettings = Pick<SnapshotStep, 'retry' | 'timeoutMs' | 'cache' | 'isolation' | 'resources'>

const defaultRetry = { delayMs: 1_000, factor: 2, maxDelayMs: 60_000 }
const Compiled = SnapshotStep.pick({ retry: true, timeoutMs: true, cache: true, isolation: true, resources: true })

/** The names of the settings. */
export const settingNames = Object.keys(Compiled.shape) as (keyof CompiledSettings)[]

/** Checks settings, and fills in what a retry leaves open. `who` begins the message, as `Step "load_data"`. */
export function compileSettings(given: StepSettings, who: string): CompiledSettings {
  const { retry, timeoutMs, cache, isolation, resources } = given
  const settings = {
    ...(retry !== undefined && retryOf(retry, who)),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(cache && { cache }),
    ...(isolation !== undefined && isolation !== 'none' && { isolation }),
    ...(resources !== undefined && { resources }),
  }
  const checked = Compiled.safeParse(settings)
  if (checked.success) return checked.data as CompiledSettings
  const problems = schemaProblems(Compiled, settings, checked.error).map(({ path, message }) => `${path} ${message}`)
  throw invalid(`${who} has settings that do not hold: ${problems.join(' ')}`)
}

/** One attempt is no retry. */
function retryOf(given: Retry, who: string): { retry?: RetrySpec } {
  if (!isPlainObject(given)) throw invalid(`${who}: its retry must be as { attempts: 3 }, got ${showValue(given)}.`)
  const known = Object.keys(RetrySpec.shape)
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw invalid(`${who}: its retry has no setting "${key}". ${didYouMean(key, known)}`)
  }
  return given.attempts === 1 ? {} : { retry: { ...defaultRetry, ...given } }
}
