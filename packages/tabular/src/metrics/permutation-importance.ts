import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { integerSetting } from '../learn/classifier.ts'
import { shuffle } from '../learn/shuffle.ts'
import { takeRows } from '../table/column.ts'
import type { Table } from '../table/table.ts'

/** How to measure. */
export interface PermutationImportanceOptions {
  /** The columns to judge. */
  readonly features: readonly string[]
  /** How good the model is on a table, larger being better, such as its accuracy by `evaluate`. */
  readonly score: (table: Table) => number | Promise<number>
  /** A 32-bit integer. */
  readonly seed: number
  /** How often each column is shuffled, 1 to 1,000; 5 by default. */
  readonly repeats?: number
}

/** What a column is worth to a model. */
export interface FeatureImportance {
  readonly feature: string
  /** By how much the score falls, on average, when the column is shuffled; near 0 or below: of no use. */
  readonly mean: number
  /** The standard deviation of that fall over the repeats (n in the denominator). */
  readonly standardDeviation: number
}

/**
 * Permutation importance (L. Breiman, Mach. Learn. 45, 2001, section 10; as A. Fisher, C. Rudin and F. Dominici, J. Mach.
 * Learn. Res. 20, 2019, for any model): how much a model loses when one column's values are dealt to other rows. Most
 * important first. Measure on rows the model was not trained on; of two columns that say the same, both may seem worth
 * little. Throws `TableError` `column_unknown` and `setting_invalid`, and what `score` throws.
 *
 * @example
 * const accuracy = async (rows: Table) => (await evaluate(model, rows, { target, positive })).accuracy
 * const importances = await permutationImportance(test, { features: FEATURES, score: accuracy, seed: 7 })
 */
export async function permutationImportance(
  table: Table,
  options: PermutationImportanceOptions,
): Promise<FeatureImportance[]> {
  const repeats = integerSetting('repeats', options.repeats ?? 5, [1, 1_000])
  const random = xoroshiro128plus(integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]))
  const columns = options.features.map((name) => table.column(name))
  const whole = await options.score(table)
  const importances: FeatureImportance[] = []
  for (const column of columns) {
    // Each column has a stretch of the random sequence to itself, so more columns leave the first ones as they were.
    random.jump()
    const own = random.clone()
    const falls: number[] = []
    for (let i = 0; i < repeats; i++) {
      const order = shuffle(
        Int32Array.from({ length: table.rowCount }, (_, row) => row),
        own,
      )
      falls.push(whole - (await options.score(table.withColumn(takeRows(column, order)))))
    }
    const mean = falls.reduce((sum, fall) => sum + fall / repeats, 0)
    const variance = falls.reduce((sum, fall) => sum + (fall - mean) ** 2 / repeats, 0)
    importances.push({ feature: column.name, mean, standardDeviation: Math.sqrt(variance) })
  }
  return importances.sort((a, b) => b.mean - a.mean)
}
