/** What a model met, and said, when it was judged: what it meets later is held against it. Plain JSON. */
export interface ReferenceProfile {
  readonly formatVersion: 1
  readonly rows: number
  readonly features: readonly NumberReference[]
  /** How often each label was said, in the order of the model's classes. */
  readonly labels: readonly { readonly label: string; readonly rows: number }[]
  /** P(class), one for each class, in the order of the model's classes. */
  readonly probabilities: readonly NumberReference[]
}

/** How numbers lie: in bins, of which the first holds what is below all edges and the last what is above. */
export interface NumberReference {
  readonly name: string
  /** Rows without a value; they are in no bin. */
  readonly missing: number
  /** `null` where no row has a value. */
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** Of the sample (n - 1 in the denominator); `null` of fewer than two values. */
  readonly standardDeviation: number | null
  /** Ascending, of 32-bit floats; a value is in the first bin whose edge it does not exceed. */
  readonly edges: readonly number[]
  /** How many values each bin has, one more than there are edges. */
  readonly counts: readonly number[]
  /** The sum of the values in each bin, so that what lies far outside is seen to be far. */
  readonly sums: readonly number[]
}
