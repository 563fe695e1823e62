import { evaluate } from '../metrics/evaluate.ts'
import { flatMetrics } from '../metrics/flat-metrics.ts'
import type { Interval } from '../metrics/intervals.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { type FeatureImportance, permutationImportance } from '../metrics/permutation-importance.ts'
import { type CalibrationBin, calibrationCurve } from '../metrics/probability-scores.ts'
import {
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
  thinCurve,
} from '../metrics/threshold-curves.ts'
import type { OnnxModel } from '../onnx/onnx-model.ts'
import type { Table } from '../table/table.ts'

/** What a training report says of a model on its held-out rows. Plain JSON; a renderer needs nothing else. */
export interface TrainingReport {
  readonly formatVersion: 1
  readonly title: string
  readonly positive: string
  readonly rows: number
  readonly metrics: Readonly<Record<string, number>>
  /** At 95 %, by metric, of those that have one. */
  readonly intervals: Readonly<Record<string, Interval>>
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] }
  readonly roc: readonly Pick<RocPoint, 'falsePositiveRate' | 'truePositiveRate'>[]
  readonly precisionRecall: readonly Pick<PrecisionRecallPoint, 'precision' | 'recall'>[]
  readonly calibration: readonly CalibrationBin[]
  /** By permutation, on the held-out rows, most important first. */
  readonly importance: readonly FeatureImportance[]
  readonly parameters: Readonly<Record<string, unknown>>
  /** What was read and made, by name: rows, columns and the like. */
  readonly data: Readonly<Record<string, string | number>>
  readonly environment: Readonly<Record<string, string>>
}

/** What a report is made of. */
export interface TrainingReportOptions extends Pick<TrainingReport, 'title' | 'parameters' | 'data' | 'environment'> {
  /** The column of the true labels. */
  readonly target: string
  readonly positive: string
  /** Of the shuffles behind `importance`, a 32-bit integer. */
  readonly seed: number
}

const mostPoints = 200

/**
 * The data of a training report: everything worked out on rows the model was not trained on. Throws as `evaluate` does,
 * and for probabilities out of range.
 */
export async function trainingReport(
  model: OnnxModel,
  heldOut: Table,
  { target, positive, seed, title, parameters, data, environment }: TrainingReportOptions,
): Promise<TrainingReport> {
  const found = await evaluate(model, heldOut, { target, positive })
  const { classLabels, featureNames } = model
  const at = classLabels.indexOf(positive)
  const isPositive = Array.from(labelIndexes(heldOut, { target, classLabels }), (index) => index === at)
  const { probabilities } = await model.predictTable(heldOut)
  const scores = Float64Array.from(isPositive, (_, row) => probabilities[row * classLabels.length + at]!)
  const score = async (table: Table) => (await evaluate(model, table, { target, positive })).accuracy
  return {
    formatVersion: 1,
    title,
    positive,
    rows: found.rowCount,
    metrics: flatMetrics(found),
    intervals: found.intervals,
    confusion: found.confusion,
    roc: thinCurve(rocCurve(isPositive, scores), mostPoints).map(({ falsePositiveRate, truePositiveRate }) => ({
      falsePositiveRate,
      truePositiveRate,
    })),
    precisionRecall: thinCurve(precisionRecallCurve(isPositive, scores), mostPoints).map(({ precision, recall }) => ({
      precision,
      recall,
    })),
    calibration: calibrationCurve(isPositive, scores),
    importance: await permutationImportance(heldOut, { features: featureNames, score, seed }),
    parameters,
    data,
    environment,
  }
}
