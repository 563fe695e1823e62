/** What to read of a file as features. */
export interface FeatureOptions {
  /** The columns, in the order in which the model takes them. */
  readonly features: readonly string[]
  /** A column whose cells say which row is which; as text, whatever it holds. */
  readonly key?: string | undefined
  /** The most rows of a batch. */
  readonly batchRows: number
}
