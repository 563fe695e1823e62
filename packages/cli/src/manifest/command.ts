import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import type { Args, Described, Options } from './specs.ts'

type One<S> = S extends { integer: true } | { port: true }
  ? number
  : S extends { choices: readonly (infer Choice extends string)[] }
    ? Choice
    : string
type ArgValue<S> = S extends { optional: true } ? One<S> | undefined : One<S>
type OptionValue<S> = S extends { value: string }
  ? S extends { many: true }
    ? One<S>[]
    : S extends { required: true } | { default: string | number }
      ? One<S>
      : One<S> | undefined
  : boolean

/** What a command is called with. */
export type Call<A extends Args = Args, O extends Options = Options> = {
  args: { readonly [K in keyof A]: ArgValue<A[K]> }
  options: { readonly [K in keyof O]: OptionValue<O[K]> }
  context: Context
}

/** One command, whole: parsing, help, docs page and completion are made from it. */
export type CommandRecord<A extends Args = Args, O extends Options = Options> = Described<A, O> & {
  readonly run: (call: Call<A, O>) => Promise<Result>
}

/** Defines a command; the identity function, for its types. */
export function command<const A extends Args = Record<never, never>, const O extends Options = Record<never, never>>(
  record: CommandRecord<A, O>,
): CommandRecord<A, O> {
  return record
}
