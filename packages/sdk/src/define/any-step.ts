import type { StepCommand } from '@airlock-ml/contract'
import type { z } from 'zod'
import type { DefinedAt } from '../code/defined-at.ts'
import type { StepContext } from '../run/step-context.ts'
import type { StepHooks } from '../run/step-hook.ts'
import type { Artifacts } from './artifact.ts'
import type { Inputs } from './inputs.ts'
import type { CompiledSettings } from './settings.ts'

/** A step with its types forgotten, as the compiler and the engine see it. */
export interface AnyStep {
  readonly name: string
  readonly inputs: Inputs
  readonly outputs: Artifacts
  readonly params: z.ZodObject | undefined
  readonly settings: CompiledSettings
  /** It said `cache: false`, which is more than not asking for the cache. */
  readonly neverCached?: boolean
  readonly hooks?: StepHooks
  /** `files`: `run` gets paths instead of values, as `FileArgs`. Default values. */
  readonly inputsAs?: 'files'
  /** Of a step that is a program: how it stands in the snapshot. Throws `pipeline_invalid`. */
  readonly command?: () => StepCommand
  /** Where its author wrote it; its cache key stands on that. */
  readonly definedAt?: DefinedAt | undefined
  // A method, so that every step's narrower `run` fits.
  run(args: { inputs: unknown; params: unknown; context: StepContext }): unknown
}
