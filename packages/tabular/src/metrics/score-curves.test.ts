import { expect, test } from 'vitest'
import { bootstrapInterval } from './bootstrap-interval.ts'
import { wilsonInterval } from './intervals.ts'
import { brierScore, calibrationCurve, logLoss } from './probability-scores.ts'
import { averagePrecision, precisionRecallCurve, rocCurve, thinCurve } from './threshold-curves.ts'

// The four rows of scikit-learn's documentation of roc_curve, precision_recall_curve and average_precision_score.
const isPositive = [false, false, true, true]
const scores = [0.1, 0.4, 0.35, 0.8]

test('the ROC curve is the one in scikit-learn’s documentation', () => {
  const curve = rocCurve(isPositive, scores)
  expect(curve.map((point) => point.falsePositiveRate)).toEqual([0, 0, 0.5, 0.5, 1])
  expect(curve.map((point) => point.truePositiveRate)).toEqual([0, 0.5, 0.5, 1, 1])
  expect(curve.map((point) => point.threshold)).toEqual([null, 0.8, 0.4, 0.35, 0.1])
  expect(rocCurve([true, true], [0.1, 0.2])).toEqual([])
  expect(rocCurve([], [])).toEqual([])
})

test('the precision-recall curve and average precision are those in scikit-learn’s documentation', () => {
  const curve = precisionRecallCurve(isPositive, scores)
  expect(curve.map((point) => point.precision)).toEqual([1, 0.5, 2 / 3, 0.5])
  expect(curve.map((point) => point.recall)).toEqual([0.5, 0.5, 1, 1])
  expect(averagePrecision(isPositive, scores)).toBeCloseTo(0.83, 2)
  expect(averagePrecision([false], [1])).toBeNull()
})

test('rows of one score are one step: a score that says nothing has the share of positive rows', () => {
  expect(averagePrecision([true, false, false, true, false], [3, 3, 3, 3, 3])).toBe(0.4)
  expect(rocCurve([true, false], [1, 1])).toHaveLength(2)
})

test('log loss and Brier score are those of the examples in scikit-learn’s documentation', () => {
  // log_loss(["spam", "ham", "ham", "spam"], [[.1, .9], [.9, .1], [.8, .2], [.35, .65]]) is 0.21616…
  expect(logLoss([true, false, false, true], [0.9, 0.1, 0.2, 0.65])).toBeCloseTo(0.21616, 5)
  // brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) is 0.037…
  expect(brierScore([false, true, true, false], [0.1, 0.9, 0.8, 0.3])).toBeCloseTo(0.0375, 12)
  expect([logLoss([], []), brierScore([], [])]).toEqual([null, null])
  expect(logLoss([true], [0])).toBeCloseTo(24 * Math.LN2, 10)
})

test('the calibration curve is the example in scikit-learn’s documentation', () => {
  const truth = [0, 0, 0, 0, 1, 1, 1, 1, 1].map(Boolean)
  const curve = calibrationCurve(truth, [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1], 3)
  expect(curve.map((bin) => bin.observed)).toEqual([0, 0.5, 1])
  const predicted = [0.2, 0.525, 0.85].map((mean) => expect.closeTo(mean, 12))
  expect(curve.map((bin) => bin.predicted)).toEqual(predicted)
  expect(curve.map((bin) => bin.rows)).toEqual([3, 2, 4])
  expect(calibrationCurve([true], [0.05])).toEqual([{ low: 0, high: 0.1, rows: 1, predicted: 0.05, observed: 1 }])
})

test('what is no probability is refused with its row', () => {
  expect(() => logLoss([true, true], [0.5, 1.1])).toThrow('Row 2 has the probability 1.1')
  expect(() => brierScore([true], [-1])).toThrow('not from 0 to 1')
  expect(() => calibrationCurve([true], [0.5], 1)).toThrow('bins is 1')
  expect(() => averagePrecision([true], [])).toThrow('1 true labels and 0 scores')
  expect(() => rocCurve([true], [Number.NaN])).toThrow('NaN')
})

test('a thinned curve keeps its ends and its order', () => {
  const points = Array.from({ length: 1_001 }, (_, i) => i)
  expect(thinCurve(points, 5)).toEqual([0, 250, 500, 750, 1_000])
  expect(thinCurve([1, 2], 5)).toEqual([1, 2])
})

test('a bootstrap interval of a share is close to Wilson’s, and one seed gives one interval', () => {
  const right = Array.from({ length: 400 }, (_, i) => i % 10 !== 0)
  const share = (rows: Int32Array) => rows.filter((row) => right[row]).length / rows.length
  const found = bootstrapInterval(share, { rowCount: 400, seed: 1 })!
  const wilson = wilsonInterval(360, 400)!
  expect(found.low).toBeCloseTo(wilson.low, 1)
  expect(found.high).toBeCloseTo(wilson.high, 1)
  expect(bootstrapInterval(share, { rowCount: 400, seed: 1 })).toEqual(found)
  const first = (seed: number) => {
    const drawn: number[] = []
    bootstrapInterval((rows) => drawn.push(rows[0]!), { rowCount: 400, seed, resamples: 100 })
    return drawn
  }
  expect(first(1)).not.toEqual(first(2))
})

test('a bootstrap says nothing of one row or of a metric that mostly has no value', () => {
  expect(bootstrapInterval(() => 1, { rowCount: 1, seed: 1 })).toBeNull()
  expect(bootstrapInterval(() => null, { rowCount: 9, seed: 1 })).toBeNull()
  expect(bootstrapInterval((rows) => (rows[0]! % 3 > 0 ? 1 : null), { rowCount: 9, seed: 1 })).toEqual({
    low: 1,
    high: 1,
  })
  expect(() => bootstrapInterval(() => 1, { rowCount: 9, seed: 1, resamples: 10 })).toThrow('resamples is 10')
})
