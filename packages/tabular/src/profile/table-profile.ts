import type { Cell, ColumnKind } from '../table/column.ts'

/** What a table holds, as plain JSON. */
export interface TableProfile {
  readonly rowCount: number
  /**
   * How many rows quantiles, histograms and correlations are worked out from: all of a small table, else one drawn at
   * random from each stretch of rows. Everything else is of all rows.
   */
  readonly sampledRows: number
  /** The column of the labels, where one was named. */
  readonly target: string | null
  readonly columns: readonly ColumnProfile[]
  readonly correlations: Correlations
  /** What a person should look at before training; empty where nothing stands out. */
  readonly findings: readonly ProfileFinding[]
}

/** What one column holds. */
export interface ColumnProfile {
  readonly name: string
  readonly kind: ColumnKind
  /** How many cells have no value. */
  readonly missing: number
  /** How many different values there are, missing ones not counted; `null` above 1,000. */
  readonly distinct: number | null
  /** The most frequent values, at most 20, most frequent first; none where `distinct` is `null`. */
  readonly categories: readonly { readonly value: Cell; readonly rows: number }[]
  /** Of number columns that have a value; `null` of all others. */
  readonly numbers: NumberProfile | null
}

/** What the numbers of a column are. */
export interface NumberProfile {
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Of the sample (n - 1 in the denominator); `null` of a single value. */
  readonly standardDeviation: number | null
  /** Interpolated linearly (method 7 of R. J. Hyndman and Y. Fan, Am. Stat. 50, 1996, as R and NumPy do by default). */
  readonly quantiles: Readonly<Record<'0.01' | '0.05' | '0.25' | '0.5' | '0.75' | '0.95' | '0.99', number>>
  /** Bins of equal width over the sampled values; the last one holds its upper end. */
  readonly histogram: { readonly low: number; readonly high: number; readonly counts: readonly number[] }
}

/** Pearson's correlation of every two number columns, over the sampled rows that have both values. */
export interface Correlations {
  readonly columns: readonly string[]
  /** Row by row of a symmetric matrix; `null` where a column does not vary. */
  readonly values: readonly (readonly (number | null)[])[]
}

/** Something that makes a table doubtful for training. */
export interface ProfileFinding {
  readonly kind:
    | 'column_missing' // no row has a value
    | 'column_gaps' // some rows have no value
    | 'column_numbers_as_text' // numbers, and a few other texts between them
    | 'column_constant' // every row that has a value has the same one
    | 'label_equal' // each value stands for one label and each label for one value
    | 'label_determined' // each value, though values repeat, occurs with one label alone
    | 'label_parted' // the numbers of each label lie in a range of their own
    | 'class_tiny' // a label that fewer than 10 rows have
    | 'class_single' // all rows have one label
  readonly column: string
  /** What was found, why it matters, what to do. */
  readonly message: string
}
