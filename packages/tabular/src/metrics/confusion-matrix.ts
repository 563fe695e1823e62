import { TableError } from '../table/table-error.ts'

/** How often each class was taken for each: `counts[i][j]` rows of class `labels[i]` were predicted as `labels[j]`. */
export interface ConfusionMatrix {
  readonly labels: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

/** What is said of one class, taken as the positive one. A ratio without a denominator is 0. */
export interface ClassScores {
  /** Of the rows predicted positive, the share that is. */
  readonly precision: number
  /** Of the rows that are positive, the share that was predicted so. */
  readonly recall: number
  /** The harmonic mean of both. */
  readonly f1: number
}

/** Counts predictions against the truth. Throws `TableError` `label_unknown`, or `setting_invalid` for lists of two lengths. */
export function confusionMatrix(
  actual: readonly string[],
  predicted: readonly string[],
  labels: readonly string[],
): ConfusionMatrix {
  if (actual.length !== predicted.length) {
    const message = `There are ${actual.length} true labels and ${predicted.length} predictions. Pass one of each for every row.`
    throw new TableError('setting_invalid', message)
  }
  const index = new Map(labels.map((label, i) => [label, i]))
  const counts = labels.map(() => labels.map(() => 0))
  for (let row = 0; row < actual.length; row++) {
    counts[indexOf(actual[row]!, row, index)]![indexOf(predicted[row]!, row, index)]! += 1
  }
  return { labels: [...labels], counts }
}

/** The share of rows that were predicted right; 0 without rows. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  const right = matrix.counts.reduce((sum, row, i) => sum + row[i]!, 0)
  return ratio(right, matrix.counts.flat().reduce(add, 0))
}

/** Precision, recall and F1 of one class. Throws `TableError` `label_unknown`. */
export function classScores(matrix: ConfusionMatrix, positive: string): ClassScores {
  const p = matrix.labels.indexOf(positive)
  if (p < 0) throw unknownLabel(positive, matrix.labels)
  const hits = matrix.counts[p]![p]!
  const precision = ratio(
    hits,
    matrix.counts.reduce((sum, row) => sum + row[p]!, 0),
  )
  const recall = ratio(hits, matrix.counts[p]!.reduce(add, 0))
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall) }
}

/** The error for a label that is none of the classes; `row` counts from 0. */
export function unknownLabel(label: string, labels: readonly string[], row?: number): TableError {
  const where = row === undefined ? '' : `Row ${row + 1}: `
  const message = `${where}"${label}" is no class. The classes are ${labels.map((known) => `"${known}"`).join(', ')}.`
  return new TableError('label_unknown', message, row === undefined ? {} : { row: row + 1 })
}

function indexOf(label: string, row: number, index: ReadonlyMap<string, number>): number {
  const found = index.get(label)
  if (found === undefined) throw unknownLabel(label, [...index.keys()], row)
  return found
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function add(a: number, b: number): number {
  return a + b
}
