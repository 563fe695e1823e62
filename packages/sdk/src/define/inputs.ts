import type { Artifact, ValueOf } from './artifact.ts'
import type { RefTo } from './ref.ts'

/** An input that takes any number of artifacts of one kind, in their order. */
export interface ListInput<A extends Artifact = Artifact> {
  readonly takes: 'list'
  readonly item: A
}

/** An input that may be left out. */
export interface OptionalInput<A extends Artifact = Artifact> {
  readonly takes: 'optional'
  readonly item: A
}

/** What a step reads under one name. */
export type Input = Artifact | ListInput | OptionalInput

/** Inputs by name. */
export type Inputs = Readonly<Record<string, Input>>

/** The value that an input becomes in `run`. */
export type InputValue<I extends Input> =
  I extends ListInput<infer A>
    ? readonly ValueOf<A>[]
    : I extends OptionalInput<infer A>
      ? ValueOf<A> | undefined
      : I extends Artifact
        ? ValueOf<I>
        : never

/** The values of inputs, by name. */
export type InputValues<I extends Inputs> = { readonly [Name in keyof I]: InputValue<I[Name]> }

type InputRef<I extends Input> =
  I extends ListInput<infer A> ? readonly RefTo<A>[] : I extends Artifact ? RefTo<I> : never

type OptionalNames<I extends Inputs> = { [Name in keyof I]: I[Name] extends OptionalInput ? Name : never }[keyof I]

type RequiredRefs<I extends Inputs> = { readonly [Name in Exclude<keyof I, OptionalNames<I>>]: InputRef<I[Name]> }

type OptionalRefs<I extends Inputs> = {
  readonly [Name in OptionalNames<I>]?: I[Name] extends OptionalInput<infer A> ? RefTo<A> | undefined : never
}

/** What a call passes for inputs. */
export type InputRefs<I extends Inputs> = [OptionalNames<I>] extends [never]
  ? { readonly [Name in keyof I]: InputRef<I[Name]> }
  : // Spelled out, for then the compiler shows names and kinds instead of how they were worked out.
    { readonly [Name in keyof (RequiredRefs<I> & OptionalRefs<I>)]: (RequiredRefs<I> & OptionalRefs<I>)[Name] }

/**
 * An input that takes a list: the results of a fan-out, in their order. It may be empty.
 *
 * @example
 * const average = step({
 *   name: 'average',
 *   inputs: { scores: list(json<number>()) },
 *   outputs: { mean: json<number>() },
 *   run: ({ inputs: { scores } }) => ({ mean: scores.reduce((sum, score) => sum + score, 0) / scores.length }),
 * })
 */
export const list = <A extends Artifact>(item: A): ListInput<A> => Object.freeze({ takes: 'list', item })

/**
 * An input that a call may leave out: it is `undefined` then. It is so, too, when the step that makes it was skipped;
 * without `optional` the reader is skipped with it.
 */
export const optional = <A extends Artifact>(item: A): OptionalInput<A> => Object.freeze({ takes: 'optional', item })

/** The kind of artifact that an input takes, one or many. */
export const itemOf = (input: Input): Artifact => ('takes' in input ? input.item : input)
