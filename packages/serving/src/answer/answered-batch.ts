import type { ServedVersion } from '@airlock-ml/contract'

/**
 * What one version answered in one go, for whoever watches: log, monitor, shadow. The arrays are the service's own: an
 * observer that keeps them beyond the call copies them.
 */
export type AnsweredBatch = {
  /** `canary`: a challenger whose answers were given; `shadow`: one whose answers nobody got. */
  role: 'champion' | 'canary' | 'shadow'
  version: ServedVersion
  rows: number
  /** Ids of the predictions, UUIDv7, ascending. */
  ids: readonly string[]
  /** What each row was routed by; null where the request named nothing. */
  keys: readonly (string | null)[]
  /** Whom each row is about, so that it can be erased; null where the request named nobody. */
  subjects: readonly (string | null)[]
  /** When each request was read whole, in milliseconds since 1970. */
  receivedAtMs: readonly number[]
  /** From then until the answer was there, in microseconds. */
  latencyUs: readonly number[]
  /** Row by row, `rows × featureNames.length`. */
  features: Float32Array
  featureNames: readonly string[]
  labels: readonly string[]
  classLabels: readonly string[]
  /** Row by row, `rows × classLabels.length`. */
  probabilities: Float32Array
}

/** Is told of each batch before its answers go out. */
export type Observer = {
  /**
   * A promise only where the answers have to wait for it, as for a durable log; they fail when it rejects. Must be
   * quick: it runs between requests.
   */
  observe: (batch: AnsweredBatch) => void | Promise<void>
  /** Told of rows that a version failed to answer. */
  failed?: (failure: Pick<AnsweredBatch, 'role' | 'version' | 'rows'>) => void
  close?: () => Promise<void>
}
