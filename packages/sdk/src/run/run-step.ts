import type { LogLine } from '@airlock-ml/contract'
import type { z } from 'zod'
import { parseParams } from '../compile/parse-params.ts'
import type { Artifacts, Values } from '../define/artifact.ts'
import type { Inputs, InputValues } from '../define/inputs.ts'
import type { Step } from '../define/step.ts'
import type { StepContext } from './step-context.ts'
import { stepLog } from './step-journal.ts'
import { checkReturned } from './write-outputs.ts'

/** What a step is given, and any part of the context that a test wants to set. */
export interface RunStepOptions<I extends Inputs, P extends z.ZodObject> {
  readonly inputs: InputValues<I>
  readonly params?: z.input<P>
  readonly context?: Partial<StepContext>
  /** Told of each line the step logs. */
  readonly onLog?: (line: LogLine) => void
}

/**
 * Runs one step by itself, without a workspace and without storing anything: for tests of steps. Rejects with what the
 * step throws, and as a run would for parameters or outputs that do not fit.
 *
 * @example
 * const { metrics } = await runStep(evaluateModel, { inputs: { model, test } })
 */
export async function runStep<I extends Inputs, O extends Artifacts, P extends z.ZodObject>(
  step: Step<I, O, P>,
  options: RunStepOptions<I, P>,
): Promise<Values<O>> {
  const { definition } = step
  const params = parseParams(definition.params, options.params ?? {}, `step "${definition.name}"`)
  const now = options.context?.now ?? (() => new Date())
  const context: StepContext = {
    log: stepLog(now, options.onLog ?? (() => {})),
    logMetadata: () => {},
    run: { id: 'none', pipeline: 'none', environment: 'local', project: 'none', model: null },
    step: definition.name,
    parameters: {},
    signal: new AbortController().signal,
    ...options.context,
    now,
  }
  const returned = await definition.run({ inputs: options.inputs, params, context })
  return checkReturned(definition, returned) as Values<O>
}
