import type { Json } from '@airlock-ml/contract'
import type { LoadBytes } from '../run/load-in-step.ts'
import type { StepContext } from '../run/step-context.ts'

/** Inputs as absolute paths: of a file, of a file an item for a list; undefined for an optional one that is not there. */
export type InputFiles = Readonly<Record<string, string | readonly string[] | undefined>>

/** What the body of a step receives that works on files instead of values. */
export interface FileArgs {
  readonly inputs: InputFiles
  readonly params: Readonly<Record<string, Json>>
  readonly context: StepContext
  /** Reads an artifact by its name, for a body in another process. */
  readonly load: LoadBytes
  /** A private folder, removed when the step ends. */
  readonly folder: string
  /** That of the context, unrecorded. */
  readonly seed: number
}
