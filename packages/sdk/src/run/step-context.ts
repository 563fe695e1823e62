import type { ArtifactType, Environment, Json, JudgedDrift, LogLine } from '@airlock-ml/contract'
import type { DriftSummary } from '@airlock-ml/tabular'
import type { Artifact } from '../define/artifact.ts'

/**
 * Writes lines to the log of the step: what a person reads and, beside it, the same as data, as
 * `log.info('read the file', { rows: 569 })`. Lines of more than 10,000 characters are cut, with a mark; what JSON cannot
 * hold is written as text.
 */
export type StepLog = {
  readonly [Level in LogLine['level']]: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** A version that a run is pinned to. */
export interface PinnedModel {
  readonly name: string
  readonly number: number
  readonly digest: string
  /** Of a run that compares: the version it is held against. */
  readonly champion?: { readonly number: number; readonly digest: string }
}

/** The run that a step or hook belongs to. */
export interface RunInfo {
  /** UUIDv7. */
  readonly id: string
  readonly pipeline: string
  readonly environment: Environment
  readonly project: string
  /** The version that a run is pinned to which consumes or compares; null for every other run. */
  readonly model: PinnedModel | null
}

/** What a step knows of the run around it. */
export interface StepContext {
  readonly log: StepLog
  /**
   * Records facts about this step, as `{ rows: 569 }`. Later values of a name replace earlier ones. Throws for what
   * JSON cannot hold, NaN too.
   */
  readonly logMetadata: (metadata: Readonly<Record<string, Json>>) => void
  readonly run: RunInfo
  /**
   * Reads an artifact by its name, as `Artifact.load` with this context. It is recorded as an input of the step, in any
   * version that was read.
   */
  readonly load: <Value>(
    name: string,
    options: { readonly as: Artifact<ArtifactType, Value>; readonly version?: number; readonly digest?: string },
  ) => Promise<Value>
  /**
   * Has the workspace judge how the rows of a batch differ from the profile of the pinned version, by the policy of the
   * stage that it holds. A breach is an event there, and calls the drift hooks of the project at the end of the run, once
   * for each batch. `batchId` is the run that began it.
   */
  readonly reportDrift: (drift: { readonly batchId: string; readonly summary: DriftSummary }) => Promise<JudgedDrift>
  /** Name of the step in this pipeline. */
  readonly step: string
  /** The parameters of the pipeline. Those of the step come as `params`. */
  readonly parameters: Readonly<Record<string, Json>>
  /** The time now. Taken from here, tests can set it. */
  readonly now: () => Date
  /**
   * A random number from 0 up to 1, without 1. The same ones for each run of one snapshot, so that it can be repeated;
   * others for each step. The first call records the seed as metadata `random_seed`.
   */
  readonly random: () => number
  /** The seed of `random`, below 2³², for learners and programs that take one. Reading it records it. */
  readonly seed: number
  /** Aborted when the run is cancelled or loses its lease: long work should stop. */
  readonly signal: AbortSignal
}
