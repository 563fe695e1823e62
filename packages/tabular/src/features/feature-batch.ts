/** A row that cannot be scored, and why. */
export interface RefusedRow {
  /** Its number in the file, counted from 1, the header not counted. */
  readonly row: number
  /** Its key, where a key column was named and the row has one. */
  readonly key: string | null
  /** The first of the features that is at fault; null where the row itself is. */
  readonly column: string | null
  readonly reason: string
}

/** Some rows of a file as a model takes them, in their order. */
export interface FeatureBatch {
  /** How many rows of the file it stands for: those that can be scored, and those that are refused. */
  readonly seen: number
  /** The number of each row that can be scored, counted from 1. */
  readonly rows: Float64Array
  /** Row by row, `rows.length` times as many values as there are features. All are finite. */
  readonly features: Float32Array
  /** The key of each row that can be scored; null where no key column was named. */
  readonly keys: readonly (string | null)[] | null
  readonly refused: readonly RefusedRow[]
}

/** The reason of a row that lacks a feature. */
export const NO_VALUE = 'has no value'

/** Why a number cannot be scored; `undefined` for one that can. It is rounded to 32 bits as models take it. */
export function whyNoFeature(value: number): string | undefined {
  if (Number.isNaN(value)) return NO_VALUE
  if (!Number.isFinite(value)) return `is ${value}, which is no finite number`
  return Number.isFinite(Math.fround(value)) ? undefined : `is ${value}, beyond the finite 32-bit numbers`
}
