import type { ArtifactType, SingleSource } from '@airlock-ml/contract'
import type { Artifact, Artifacts, ValueOf } from './artifact.ts'

// Its name stands in what the compiler says of a value where an output belongs.
declare const isAnOutputOfAStep: unique symbol

/** An output that a step will have when it runs. Pass it as an input of a later step; it holds no value itself. */
export interface Ref<Type extends ArtifactType = ArtifactType, Value = unknown> {
  /** For the compiler only. */
  readonly [isAnOutputOfAStep]: { readonly type: Type; readonly value: Value }
}

/** The ref of an artifact. */
export type RefTo<A extends Artifact> = A extends Artifact<infer Type> ? Ref<Type, ValueOf<A>> : never

/** Refs by name. */
export type Refs<A extends Artifacts> = { readonly [Name in keyof A]: RefTo<A[Name]> }

/** What a ref stands for. */
export interface RefData {
  readonly source: SingleSource
  readonly type: ArtifactType
  /** Which kind of the project's own, of type `bytes`. */
  readonly kind?: string | undefined
  /** The build that made it: a ref means nothing in another. */
  readonly owner: object
}

// Symbol.for, so that two copies of this package in one program understand each other.
const refData = Symbol.for('@airlock-ml/sdk/ref')

export function makeRef<Type extends ArtifactType, Value>(data: RefData & { type: Type }): Ref<Type, Value> {
  return Object.freeze({ [refData]: data }) as unknown as Ref<Type, Value>
}

/** What a ref stands for; undefined when the value is no ref. */
export function readRef(value: unknown): RefData | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<symbol, RefData | undefined>)[refData]
}
