import type { ArtifactType } from '@airlock-ml/contract'
import type { OnnxModel, Table } from '@airlock-ml/tabular'
import type { z } from 'zod'

declare const valueType: unique symbol

/** What a step reads or makes: which kind of bytes, and which TypeScript value they become. */
export interface Artifact<Type extends ArtifactType = ArtifactType, Value = unknown> {
  readonly type: Type
  /** Checked when the value is written and when it is read. */
  readonly schema: z.ZodType | undefined
  /** How the values of a kind of the project's own become bytes; of type `bytes` only. */
  readonly codec?: Codec
  /** What it is called when a step makes it, given with `named`. */
  readonly name?: string
  /** For the compiler only. */
  readonly [valueType]: Value
}

/** How values of one kind become bytes, and bytes become values again. */
export interface Codec {
  /** snake_case: what the bytes are in this project. */
  readonly kind: string
  readonly mediaType: string
  // Methods, so that the functions of every kind fit.
  write(value: unknown): unknown
  read(bytes: Uint8Array): unknown
}

/** Artifacts by name. */
export type Artifacts = Readonly<Record<string, Artifact>>

/** The value that an artifact becomes. */
export type ValueOf<A extends Artifact> = A[typeof valueType]

/** The values of artifacts, by name. */
export type Values<A extends Artifacts> = { readonly [Name in keyof A]: ValueOf<A[Name]> }

/** A table, stored as Parquet: a `Table` of `@airlock-ml/tabular`. */
export const table = (): Artifact<'table', Table> => standard('table')

/** A model, stored as ONNX: its bytes. Refused when it is written unless it is safe to load. */
export const model = (): Artifact<'model', Uint8Array> => standard('model')

/** A loaded model, of which only its owner may let go. */
export type Predictor = Pick<OnnxModel, 'featureNames' | 'classLabels' | 'predict' | 'predictTable'>

/**
 * The model of a pipeline that is served, loaded and ready to predict. Only such a pipeline has one to pass; other
 * pipelines read `model()` and load it.
 */
export const servedModel = (): Artifact<'model', Predictor> => standard('model')

/** Text, stored as UTF-8. */
export const text = (): Artifact<'text', string> => standard('text')

/**
 * A JSON value, stored as canonical JSON. With a schema, it is checked when written and when read; the schema may not
 * transform, for what is written is what is read.
 *
 * @example
 * json<{ mean: number[]; scale: number[] }>()
 * json(z.object({ accuracy: z.number() }))
 */
export function json<Value>(schema?: z.ZodType<Value, NoInfer<Value>>): Artifact<'json', Value> {
  return standard('json', schema)
}

function standard<Type extends ArtifactType, Value>(type: Type, schema?: z.ZodType): Artifact<Type, Value> {
  return Object.freeze({ type, schema }) as Artifact<Type, Value>
}
