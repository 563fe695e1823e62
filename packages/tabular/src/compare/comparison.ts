import type { Interval } from '../metrics/intervals.ts'
import type { Agreement } from './agreement.ts'

/** What a comparison comes to. `not enough data` says neither that the challenger is worse nor that it is not. */
export const verdicts = ['better', 'not worse', 'worse', 'not enough data'] as const
export type Verdict = (typeof verdicts)[number]

/** Both sides' predictions on the same rows, in the same order. */
export interface ComparedRows {
  /** The true label of each row. */
  readonly actual: readonly string[]
  readonly champion: Side
  readonly challenger: Side
  /** The class that recall, specificity and ROC AUC speak of. */
  readonly positive: string
}

/** What one model says of each row. */
export interface Side {
  readonly labels: readonly string[]
  /** P(positive). */
  readonly scores: ArrayLike<number>
}

/** When the data are enough for a verdict. */
export interface CompareOptions {
  /** The metric that `better` and `not worse` are judged by; `accuracy` by default. */
  readonly judgedBy?: MetricName
  /** The most that the challenger may be worse in that metric and still count as not worse; 0.05 by default. */
  readonly margin?: number
  /** Rows below which nothing is said; 100 by default. */
  readonly minRows?: number
  /** Rows of the smaller of positive and other below which nothing is said; 20 by default. */
  readonly minClassRows?: number
}

export const metricNames = ['accuracy', 'recall', 'specificity', 'roc_auc'] as const
export type MetricName = (typeof metricNames)[number]

/** A number with its 95 % interval. */
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
  /** Of no difference, two-sided: McNemar's exact test, DeLong's for the ROC AUC. `null` where there is no test. */
  readonly p: number | null
  /** By Holm's correction over the metrics. */
  readonly adjustedP: number | null
}

/** A row on which the two say different things. */
export interface DisputedRow {
  /** From 1. */
  readonly row: number
  readonly actual: string
  readonly champion: string
  readonly challenger: string
  readonly championScore: number
  readonly challengerScore: number
}

/** Two models held against each other on the same rows. Plain JSON; confidence is 95 % throughout. */
export interface Comparison {
  readonly formatVersion: 1
  readonly verdict: Verdict
  /** Why, in a sentence. */
  readonly reason: string
  readonly rows: number
  readonly positive: string
  readonly judgedBy: MetricName
  readonly margin: number
  readonly minRows: number
  readonly minClassRows: number
  /** Without those that these rows cannot give. */
  readonly metrics: { readonly [Name in MetricName]?: MetricComparison }
  /** Rows that only one of them got right, and McNemar's exact test of them. */
  readonly discordant: { readonly onlyChampion: number; readonly onlyChallenger: number; readonly p: number }
  readonly agreement: Agreement
  readonly disputedRows: number
  /** The first 1,000 of them. */
  readonly disputed: readonly DisputedRow[]
}
