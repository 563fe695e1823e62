import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { integerSetting } from '../learn/classifier.ts'
import { shuffle } from '../learn/shuffle.ts'
import { TableError } from '../table/table-error.ts'

/** Rows to train on and rows to score, by their numbers from 0, each ascending. */
export interface Fold {
  readonly train: Int32Array
  readonly test: Int32Array
}

/** How to part rows. */
export interface FoldOptions {
  /** How many folds, 2 to 1,000; 5 by default. */
  readonly folds?: number
  /** A 32-bit integer. The same seed and labels give the same folds. */
  readonly seed: number
}

/** What cross-validation found. */
export interface CrossValidation {
  /** The score of each fold, in order. */
  readonly scores: readonly number[]
  readonly mean: number
  /** Over the folds, n - 1 in the denominator. Folds share training rows, so it is no standard error. */
  readonly standardDeviation: number
}

/**
 * Parts rows into folds, each of which holds about the same share of every class: every row is tested once. Of labels,
 * only whether they are equal counts. Pass the training part only; the hold-out is for the one model that is chosen.
 *
 * Throws `TableError`: `class_too_small` for a class with fewer rows than folds; `setting_invalid`.
 *
 * @example
 * for (const { train, test } of stratifiedFolds(labels, { folds: 5, seed: 7 })) fit(table.take(train), table.take(test))
 */
export function stratifiedFolds(labels: ArrayLike<unknown>, options: FoldOptions): Fold[] {
  const count = integerSetting('folds', options.folds ?? 5, [2, 1_000])
  const random = xoroshiro128plus(integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]))
  random.jump()
  const classes = Map.groupBy(
    Array.from({ length: labels.length }, (_, row) => row),
    (row) => labels[row],
  )
  const foldOf = new Int32Array(labels.length)
  let next = 0
  for (const [label, rows] of classes) {
    if (rows.length < count) throw tooSmall(label, { rows: rows.length, folds: count })
    // Each class goes on where the one before stopped, so that folds differ by one row at most.
    for (const row of shuffle(Int32Array.from(rows), random)) foldOf[row] = next++ % count
  }
  const rows = Int32Array.from(foldOf.keys())
  return Array.from({ length: count }, (_, fold) => ({
    train: rows.filter((row) => foldOf[row] !== fold),
    test: rows.filter((row) => foldOf[row] === fold),
  }))
}

/**
 * Scores every fold of `stratifiedFolds` in turn and sums the scores up. Whatever is learnt from data (scaler, SMOTE,
 * components) belongs inside `score`, on the fold's training rows. Throws what `stratifiedFolds` and `score` throw.
 *
 * @example
 * const { mean } = await crossValidate(labels, { seed: 7, score: ({ train, test }) => accuracyOn(train, test) })
 */
export async function crossValidate(
  labels: ArrayLike<unknown>,
  options: FoldOptions & { readonly score: (fold: Fold) => number | Promise<number> },
): Promise<CrossValidation> {
  const scores: number[] = []
  for (const fold of stratifiedFolds(labels, options)) scores.push(await options.score(fold))
  const mean = scores.reduce((sum, score) => sum + score / scores.length, 0)
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  return { scores, mean, standardDeviation: Math.sqrt(squares / (scores.length - 1)) }
}

function tooSmall(label: unknown, { rows, folds }: { rows: number; folds: number }): TableError {
  const message = `Class "${label}" has ${rows} ${rows === 1 ? 'row' : 'rows'}, too few for ${folds} folds. Use fewer folds, gather more rows, or leave the class out.`
  return new TableError('class_too_small', message)
}
