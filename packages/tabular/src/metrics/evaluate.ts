import type { OnnxModel } from '../onnx/onnx-model.ts'
import type { Table } from '../table/table.ts'
import { accuracyOf, type ConfusionMatrix, classScores, confusionMatrix, unknownLabel } from './confusion-matrix.ts'
import { aucInterval, averagePrecisionInterval, type Interval, meanLossInterval, wilsonInterval } from './intervals.ts'
import { labelIndexes } from './label-indexes.ts'
import { brierScore, logLoss, logLosses, squaredErrors } from './probability-scores.ts'
import { rocAuc } from './roc-auc.ts'
import { averagePrecision } from './threshold-curves.ts'

/** What to hold a model against. */
export interface EvaluateOptions {
  /** The column of the true labels. */
  readonly target: string
  /** The class that all metrics but accuracy speak of. */
  readonly positive: string
  /** What the values of the target mean, as in `{ 0: 'malignant', 1: 'benign' }`. By default they are the model's labels. */
  readonly labels?: Readonly<Record<string, string>>
}

/** How well a model does on a table. Plain JSON. */
export interface ClassificationMetrics {
  readonly rowCount: number
  readonly positive: string
  readonly accuracy: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** `null` when the table has only positive rows, or none. */
  readonly rocAuc: number | null
  /** Average precision, the area under the precision-recall curve. `null` without a positive row. */
  readonly prAuc: number | null
  /** Less is better. `null` of no rows, and for a model of another maker whose scores are no probabilities. */
  readonly logLoss: number | null
  /** Less is better. `null` where `logLoss` is. */
  readonly brier: number | null
  readonly confusion: ConfusionMatrix
  /** At 95 %, by the names of `flatMetrics`, of all but `f1` and `rows`; without those that have none. */
  readonly intervals: Readonly<Record<string, Interval>>
}

/**
 * Scores a model on a table with true labels. Training and the far side of an import call this same function, so that
 * the same graph and the same table give the same numbers, to the bit.
 *
 * Throws `TableError` for an unusable table (see `OnnxModel.predictTable` and `labelIndexes`) and `label_unknown` for a
 * positive class the model does not have; `OnnxError` when the model fails.
 */
export async function evaluate(
  model: OnnxModel,
  table: Table,
  options: EvaluateOptions,
): Promise<ClassificationMetrics> {
  const { classLabels } = model
  const positiveIndex = classLabels.indexOf(options.positive)
  if (positiveIndex < 0) throw unknownLabel(options.positive, classLabels)
  const actual = labelIndexes(table, { ...options, classLabels })
  const { labels, probabilities } = await model.predictTable(table)
  const names = Array.from(actual, (index) => classLabels[index]!)
  const confusion = confusionMatrix(names, labels, classLabels)
  const isPositive = Array.from(actual, (index) => index === positiveIndex)
  const scores = Array.from(actual, (_, row) => probabilities[row * classLabels.length + positiveIndex]!)
  const areProbabilities = scores.every((score) => score >= 0 && score <= 1)
  return {
    rowCount: table.rowCount,
    positive: options.positive,
    accuracy: accuracyOf(confusion),
    ...classScores(confusion, options.positive),
    rocAuc: rocAuc(isPositive, scores),
    prAuc: averagePrecision(isPositive, scores),
    logLoss: areProbabilities ? logLoss(isPositive, scores) : null,
    brier: areProbabilities ? brierScore(isPositive, scores) : null,
    confusion,
    intervals: withoutNull({
      ...sharesOf(confusion, positiveIndex),
      roc_auc: aucInterval(isPositive, scores),
      pr_auc: averagePrecisionInterval(averagePrecision(isPositive, scores) ?? 0, isPositive.filter(Boolean).length),
      log_loss: areProbabilities ? meanLossInterval(logLosses(isPositive, scores), Number.MAX_VALUE) : null,
      brier: areProbabilities ? meanLossInterval(squaredErrors(isPositive, scores), 1) : null,
    }),
  }
}

function sharesOf({ counts }: ConfusionMatrix, positiveIndex: number): Record<string, Interval | null> {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const hits = counts[positiveIndex]![positiveIndex]!
  return {
    accuracy: wilsonInterval(sum(counts.map((row, i) => row[i]!)), sum(counts.flat())),
    precision: wilsonInterval(hits, sum(counts.map((row) => row[positiveIndex]!))),
    recall: wilsonInterval(hits, sum(counts[positiveIndex]!)),
  }
}

function withoutNull(found: Readonly<Record<string, Interval | null>>): Record<string, Interval> {
  return Object.fromEntries(Object.entries(found).flatMap(([name, interval]) => (interval ? [[name, interval]] : [])))
}
