import { type EvaluationSpec, ModelName } from '@airlock-ml/contract'
import type { Table } from '@airlock-ml/tabular'
import type { z } from 'zod'
import { showValue } from '../show-value.ts'
import type { Artifact, Artifacts, Predictor } from './artifact.ts'
import { checkPipelineName, invalid } from './check-names.ts'
import type { Ref, Refs } from './ref.ts'
import type { None } from './step.ts'

/** A pipeline that makes a new version of a model each time it completes. */
export interface Trains {
  /** Name of the model. */
  readonly model: string
  /** How the version is scored again elsewhere: the label column of its evaluation table and the positive class. */
  readonly evaluation: EvaluationSpec
}

/** A pipeline that works with one version of a model, pinned when the run starts. */
export interface Uses<A extends Artifacts = Artifacts> {
  /** Name of the model. */
  readonly model: string
  /** Further artifacts of the version to read, by role, as its training pipeline returned them. */
  readonly artifacts?: A
}

/** A pipeline that holds two versions of a model against each other, both pinned when the run starts. */
export interface Compares<A extends Artifacts = Artifacts> {
  /** Name of the model. */
  readonly model: string
  /** Further artifacts of both versions to read, by role. */
  readonly artifacts?: A
}

/** A pipeline that answers requests with a version, once it is deployed: `airlock deployment create`. */
export interface Serves<A extends Artifacts = Artifacts> {
  /** Name of the model. */
  readonly model: string
  /** What `POST /invoke` calls the row in its `parameters`. Default `row`. */
  readonly parameter?: string
  /** Further artifacts of the version to read, by role. */
  readonly artifacts?: A
}

/** What `build` of a pipeline that is served returns. */
export interface ServedAnswers {
  /** An array with an object for each row of `requests`, in their order. */
  readonly answers: Ref<'json', readonly object[]>
}

/** What `build` of a pipeline that compares returns: what came of it, which gates may ask about. */
export interface ComparedArtifacts {
  readonly comparison: Ref<'json', object>
}

/** What `build` of a training pipeline returns: the artifacts of the new version, by role. */
export interface TrainedArtifacts {
  readonly model: Ref<'model', Uint8Array>
  readonly evaluation: Ref<'table', Table>
  /** The numbers at the top of it become the metrics of the version. */
  readonly metrics: Ref<'json', object>
  readonly [role: string]: Ref
}

/** The artifacts of the pinned version, by role. */
export type PinnedArtifacts<A extends Artifacts> = Omit<StandardArtifacts, keyof A> & Refs<A>

type StandardArtifacts = Pick<TrainedArtifacts, 'model' | 'evaluation' | 'metrics'>

type BuildArgs<P extends z.ZodObject, U, C, S> = {
  /** The parameters, checked. They are values: what depends on them is fixed in the snapshot. */
  readonly params: z.output<P>
} & (U extends Uses<infer A> ? { readonly model: PinnedArtifacts<Artifacts extends A ? None : A> } : unknown) &
  (C extends Compares<infer A> ? Contenders<Artifacts extends A ? None : A> : unknown) &
  (S extends Serves<infer A> ? Serving<Artifacts extends A ? None : A> : unknown)

interface Serving<A extends Artifacts> {
  /** The rows to answer: those of all requests that came in together, a column of 32-bit floats for each feature. */
  readonly requests: Ref<'table', Table>
  /** The version that answers: its `model`, loaded, and the artifacts that were asked for. */
  readonly model: { readonly model: Ref<'model', Predictor> } & Refs<A>
}

interface Contenders<A extends Artifacts> {
  /** The version that holds the stage, or that was named. */
  readonly champion: PinnedArtifacts<A>
  /** The newest version, or the one that was named. */
  readonly challenger: PinnedArtifacts<A>
}

type BuildResult<T, C, S> = T extends Trains ? TrainedArtifacts : C extends Compares ? ComparedArtifacts : Served<S>

// biome-ignore lint/suspicious/noConfusingVoidType: it is only ever the return type of `build`.
type Served<S> = S extends Serves ? ServedAnswers : void

/** A pipeline as its author writes it. */
export interface PipelineDefinition<P extends z.ZodObject, T, U, C = undefined, S = undefined> {
  /** kebab-case, and the name of its file. */
  readonly name: string
  readonly params?: P
  readonly trains?: T
  readonly uses?: U
  readonly compares?: C
  readonly serves?: S
  /** Calls the steps. It must not do anything else: it is called anew for every compilation and run. */
  readonly build: (args: BuildArgs<P, U, C, S>) => BuildResult<T, C, S>
}

/** A pipeline. Inert: `compile` makes a snapshot of it, `runPipeline` runs one. */
export interface Pipeline {
  readonly name: string
  readonly params: z.ZodObject | undefined
  readonly trains: Trains | undefined
  readonly uses: Uses | undefined
  readonly compares: Compares | undefined
  readonly serves: Serves | undefined
  build(args: {
    params: unknown
    requests: Ref | undefined
    model: Readonly<Record<string, Ref>>
    champion: Readonly<Record<string, Ref>>
    challenger: Readonly<Record<string, Ref>>
  }): unknown
}

const brand = Symbol.for('@airlock-ml/sdk/pipeline')

/**
 * Defines a pipeline: its parameters, what it does with a model, and how its steps are wired. Throws
 * `pipeline_invalid` for a bad name, and for one that does two things with a model.
 *
 * @example
 * export default pipeline({
 *   name: 'training',
 *   params: z.object({ data: z.string(), trees: z.int().default(100) }),
 *   trains: { model: 'breast_cancer_classifier', evaluation: { target: 'diagnosis', positive: 'malignant' } },
 *   build: ({ params }) => {
 *     const { train, test } = loadData({ params: { path: params.data } })
 *     const { model } = trainModel({ inputs: { train }, params: { trees: params.trees } })
 *     const { metrics } = evaluateModel({ inputs: { model, test } })
 *     return { model, evaluation: test, metrics }
 *   },
 * })
 */
export function pipeline<
  P extends z.ZodObject = z.ZodObject<None>,
  T extends Trains | undefined = undefined,
  U extends { readonly model: string; readonly artifacts?: Readonly<Record<string, Artifact>> } | undefined = undefined,
  C extends { readonly model: string; readonly artifacts?: Readonly<Record<string, Artifact>> } | undefined = undefined,
  S extends
    | {
        readonly model: string
        readonly parameter?: string
        readonly artifacts?: Readonly<Record<string, Artifact>>
      }
    | undefined = undefined,
>(definition: PipelineDefinition<P, T, U, C, S>): Pipeline {
  const { name, params, trains, uses, compares, serves, build } = definition
  checkPipelineName(name)
  const done = Object.entries({ trains, uses, compares, serves }).flatMap(([act, model]) => (model ? [act] : []))
  if (done.length > 1)
    throw invalid(`Pipeline "${name}" both ${done.join(' and ')} a model. Make ${done.length} pipelines of it.`)
  const modelName = (trains ?? uses ?? compares ?? serves)?.model
  if (modelName !== undefined && !ModelName.safeParse(modelName).success) {
    const got = showValue(modelName)
    throw invalid(`Pipeline "${name}" names its model ${got}. Use 1 to 63 of a-z, 0-9, _ and -.`)
  }
  return Object.freeze({
    [brand]: true,
    name,
    params,
    trains,
    uses,
    compares,
    serves,
    build: build as (args: never) => unknown,
  })
}

/** Whether a value was made by `pipeline`, in this copy of the package or another. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && brand in value
}
