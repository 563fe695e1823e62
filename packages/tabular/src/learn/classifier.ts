import { TableError } from '../table/table-error.ts'
import type { FeatureMatrix } from './feature-matrix.ts'

/** What every trained classifier can do, whichever way it learnt. `exportOnnx` writes each kind as a graph. */
export interface Classifier {
  /** How many classes it tells apart, 2 or more. */
  readonly classCount: number
  /** How many features it was trained on. */
  readonly featureCount: number
  /** P(class) of each row, row by row: `rowCount * classCount` 32-bit floats. Throws for another number of features. */
  predictProbabilities(features: FeatureMatrix): Float32Array
  /** The most probable class of each row, counted from 0; of equal ones the first. */
  predict(features: FeatureMatrix): Int32Array
}

/** The place of the highest score of each row; of equal ones the first, as ONNX's ArgMax has it. */
export function highestScores(scores: Float32Array, classCount: number): Int32Array {
  return Int32Array.from({ length: scores.length / classCount }, (_, row) => {
    const from = row * classCount
    let best = 0
    for (let c = 1; c < classCount; c++) if (scores[from + c]! > scores[from + best]!) best = c
    return best
  })
}

/** Refuses features that a classifier was not trained on. */
export function checkFeatureCount(classifier: Classifier, features: FeatureMatrix): void {
  if (features.columns.length === classifier.featureCount) return
  const message = `The classifier was trained on ${classifier.featureCount} features, not ${features.columns.length}. Pass the same ones.`
  throw new TableError('setting_invalid', message)
}

/** How many classes the labels speak of, one more than the highest. Refuses labels that nothing can be learnt from. */
export function checkedClassCount(labels: ArrayLike<number>, rowCount: number): number {
  if (labels.length !== rowCount) {
    throw new TableError(
      'setting_invalid',
      `There are ${labels.length} labels for ${rowCount} rows. Pass one for each row.`,
    )
  }
  const present = new Set(Array.from(labels))
  if (present.size < 2) {
    throw new TableError('setting_invalid', 'A classifier needs rows of at least two classes to learn from.')
  }
  for (const label of present) integerSetting('A label', label, [0, 65_535])
  return Math.max(...present) + 1
}

/** A setting that must be a whole number within limits, both included. */
export function integerSetting(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new TableError('setting_invalid', `${name} is ${value}; it must be a whole number from ${least} to ${most}.`)
}

/** A setting that must be a number within limits, both included. */
export function numberSetting(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (value >= least && value <= most) return value
  throw new TableError('setting_invalid', `${name} is ${value}; it must be a number from ${least} to ${most}.`)
}
