import type { SingleSource, SnapshotStep } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import type { StepHooks } from '../run/step-hook.ts'

/** One step of a built pipeline: the code of it, and how it stands in the snapshot. */
export interface GraphStep {
  readonly definition: AnyStep
  readonly step: SnapshotStep
  /** It said `cache: false`. */
  readonly neverCached?: boolean
  /** Of its author. */
  readonly hooks?: StepHooks
}

/** A built pipeline. Steps come in the order they were called in, so that inputs always come from earlier ones. */
export interface Graph {
  readonly steps: readonly GraphStep[]
  /** Role → output, of a pipeline that trains. */
  readonly trained: Readonly<Record<string, Extract<SingleSource, { from: 'step' }>>> | null
  /** Which output says what came of it, of a pipeline that compares. */
  readonly compared: Extract<SingleSource, { from: 'step' }> | null
  /** Which output holds the answers, of a pipeline that is served. */
  readonly answered: Extract<SingleSource, { from: 'step' }> | null
}
