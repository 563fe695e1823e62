import type { z } from 'zod'
import type { StepContext } from '../run/step-context.ts'
import type { Artifacts } from './artifact.ts'

/** A step with its types forgotten, as the compiler and the engine see it. */
export interface AnyStep {
  readonly name: string
  readonly inputs: Artifacts
  readonly outputs: Artifacts
  readonly params: z.ZodObject | undefined
  // A method, so that every step's narrower `run` fits.
  run(args: { inputs: unknown; params: unknown; context: StepContext }): unknown
}
