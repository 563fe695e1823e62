import type { z } from 'zod'
import { definedAt } from '../code/defined-at.ts'
import type { StepContext } from '../run/step-context.ts'
import type { AnyStep } from './any-step.ts'
import type { Artifacts, Values } from './artifact.ts'
import { currentBuilder } from './builder.ts'
import type { Called } from './called.ts'
import { checkNames, invalid } from './check-names.ts'
import type { InputRefs, Inputs, InputValues } from './inputs.ts'
import type { Refs } from './ref.ts'
import { type CallSettings, compileSettings, type StepSettings } from './settings.ts'
import { stepHooksOf } from './step-hooks.ts'

/** Nothing: no inputs, no outputs. */
export type None = Record<never, never>

type IsNone<T> = [keyof T] extends [never] ? true : false

/** What a step's `run` receives. */
export interface StepArgs<I extends Inputs, P extends z.ZodObject> {
  readonly inputs: InputValues<I>
  readonly params: z.output<P>
  readonly context: StepContext
}

/** What a step's `run` returns: a value for each output, nothing when there is none. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is only ever the return type of `run`.
export type StepResult<O extends Artifacts> = IsNone<O> extends true ? void : Values<O>

/** A step as its author writes it. */
export interface StepDefinition<I extends Inputs, O extends Artifacts, P extends z.ZodObject> extends StepSettings {
  /** snake_case. A call may give another, to use the step twice. */
  readonly name: string
  readonly inputs?: I
  readonly outputs?: O
  readonly params?: P
  readonly run: (args: StepArgs<NoInfer<I>, NoInfer<P>>) => StepResult<NoInfer<O>> | Promise<StepResult<NoInfer<O>>>
}

type CallInputs<I extends Inputs> =
  IsNone<I> extends true
    ? { readonly inputs?: Record<string, never> }
    : None extends InputRefs<I>
      ? { readonly inputs?: InputRefs<I> }
      : { readonly inputs: InputRefs<I> }

type CallParams<P extends z.ZodObject> =
  IsNone<z.input<P>> extends true
    ? { readonly params?: Record<string, never> }
    : None extends z.input<P>
      ? { readonly params?: z.input<P> }
      : { readonly params: z.input<P> }

/** What a call of a step in a pipeline passes. */
export type StepCall<I extends Inputs, P extends z.ZodObject> = CallInputs<I> &
  CallParams<P> &
  CallSettings & {
    /** A name of its own in this pipeline. Default: the step's. */
    readonly name?: string
  }

/** A step. Called inside a pipeline's `build` it adds itself and answers with refs to its outputs. */
export interface Step<I extends Inputs, O extends Artifacts, P extends z.ZodObject> {
  (...call: None extends StepCall<I, P> ? [call?: StepCall<I, P>] : [call: StepCall<I, P>]): Refs<O> & Called
  readonly definition: AnyStep
}

/**
 * Defines a step: what it reads, what it makes, its parameters, and the function that does it. Throws
 * `pipeline_invalid` for a name that is not snake_case.
 *
 * @example
 * const trainModel = step({
 *   name: 'train_model',
 *   inputs: { train: table() },
 *   outputs: { model: model() },
 *   params: z.object({ trees: z.int().min(1).default(100) }),
 *   run: async ({ inputs, params, context }) => {
 *     context.log.info(`Training ${params.trees} trees on ${inputs.train.rowCount} rows`)
 *     return { model: await train(inputs.train, params) }
 *   },
 * })
 */
export function step<I extends Inputs = None, O extends Artifacts = None, P extends z.ZodObject = z.ZodObject<None>>(
  definition: StepDefinition<I, O, P>,
): Step<I, O, P> {
  const { name, inputs = {}, outputs = {}, params, run } = definition
  checkNames(name, { inputs, outputs })
  const what = `Step "${name}"`
  const settings = compileSettings(definition, what)
  const hooks = stepHooksOf(definition, what)
  return makeStep({
    name,
    inputs,
    outputs,
    params,
    settings,
    neverCached: definition.cache === false,
    hooks,
    run: run as AnyStep['run'],
  })
}

/** The step that authors call, of what the compiler and the engine know of it. */
export function makeStep<I extends Inputs, O extends Artifacts, P extends z.ZodObject>(made: AnyStep): Step<I, O, P> {
  const known: AnyStep = { ...made, definedAt: definedAt() }
  const call = (given: object = {}) => {
    const builder = currentBuilder()
    if (builder) return builder.add(known, given)
    throw invalid(
      `Step "${known.name}" was called outside of a pipeline's build, where there is nothing to add it to. Call it inside \`build\`; in a test call \`testStep\`.`,
    )
  }
  return Object.assign(call, { definition: known }) as Step<I, O, P>
}
