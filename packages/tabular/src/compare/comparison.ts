import type { Interval } from '../metrics/intervals.ts'
import type { Agreement } from './agreement.ts'
import type { ComparisonDefinition, MetricName } from './definition.ts'

/** What a comparison comes to. `not enough data` says neither that the challenger is worse nor that it is not. */
export const verdicts = ['better', 'not worse', 'worse', 'not enough data'] as const
export type Verdict = (typeof verdicts)[number]

/** What one model says of each row. */
export interface Side {
  readonly labels: readonly string[]
  /** P(positive). */
  readonly scores: ArrayLike<number>
}

/** What one model says of rows of its own. */
export interface OwnRows extends Side {
  /** The true label of each row. */
  readonly actual: readonly string[]
  /** The values of a feature; `null` where they are not known, as of a log that keeps none. */
  readonly feature?: (name: string) => ArrayLike<number> | null
}

/** Both sides' predictions on the same rows, in the same order: held-out rows, and what a shadow was asked. */
export interface PairedRows extends Pick<OwnRows, 'actual' | 'feature'> {
  readonly champion: Side
  readonly challenger: Side
  /** What each row is known by, as its prediction id; its number from 1 where nothing is given. */
  readonly ids?: readonly string[]
}

/** Each side's predictions on rows of its own, as a canary's. */
export interface UnpairedRows {
  readonly champion: OwnRows
  readonly challenger: OwnRows
}

/** A number with its interval. */
export interface Estimate {
  readonly value: number
  /** `null` where the data give none. */
  readonly interval: Interval | null
}

/** One metric of both, and how they differ. */
export interface MetricComparison {
  readonly champion: Estimate
  readonly challenger: Estimate
  /** Challenger less champion. */
  readonly difference: Estimate
  /**
   * Of no difference, two-sided. On the same rows McNemar's exact test, on rows of their own Fisher's; of the ROC AUC
   * DeLong's. `null` where there is no test.
   */
  readonly p: number | null
  /** By Holm's correction: over the metrics, and over all that is asked of slices. */
  readonly adjustedP: number | null
}

export type ComparedMetrics = { readonly [Name in MetricName]?: MetricComparison }

/** The same of a slice. */
export interface SliceComparison {
  readonly name: string
  /** Of the side that has fewer. */
  readonly rows: number
  /** Empty where the values of its feature are not known. */
  readonly metrics: ComparedMetrics
}

/** A row on which the two say different things. */
export interface DisputedRow {
  /** From 1. */
  readonly row: number
  /** As the rows name it. */
  readonly id: string
  readonly actual: string
  readonly champion: string
  readonly challenger: string
  readonly championScore: number
  readonly challengerScore: number
}

/** Rows that only one of both got right, and the test of them. */
export interface Discordant {
  readonly onlyChampion: number
  readonly onlyChallenger: number
  /** McNemar's, exact. */
  readonly p: number
}

/** Two models held against each other. Plain JSON. */
export interface Comparison {
  readonly formatVersion: 1
  /** By what it was judged, whole, as it was handed in. */
  readonly definition: ComparisonDefinition
  /** Whether both answered the same rows. */
  readonly paired: boolean
  readonly verdict: Verdict
  /** Why, in a sentence. */
  readonly reason: string
  /** Where each side has rows of its own, of the side that has fewer. */
  readonly rows: number
  readonly positive: string
  readonly judgedBy: MetricName
  /** Of `judgedBy`. */
  readonly margin: number
  readonly margins: { readonly [Name in MetricName]?: number | undefined }
  readonly minRows: number
  readonly minClassRows: number
  readonly confidence: number
  /** Without those that these rows cannot give. */
  readonly metrics: ComparedMetrics
  readonly slices: readonly SliceComparison[]
  /** `null` where each side has rows of its own, as is `agreement`; then none is in dispute. */
  readonly discordant: Discordant | null
  readonly agreement: Agreement | null
  readonly disputedRows: number
  /** The first 1,000 of them. */
  readonly disputed: readonly DisputedRow[]
}

/** Two models held against each other on the same rows. */
export interface PairedComparison extends Comparison {
  readonly paired: true
  readonly discordant: Discordant
  readonly agreement: Agreement
}
