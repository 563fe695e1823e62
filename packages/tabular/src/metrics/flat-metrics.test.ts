import { expect, test } from 'vitest'
import type { ClassificationMetrics } from './evaluate.ts'
import { flatMetrics } from './flat-metrics.ts'

const metrics: ClassificationMetrics = {
  rowCount: 4,
  positive: 'malignant',
  accuracy: 0.75,
  precision: 1,
  recall: 0.5,
  f1: 2 / 3,
  rocAuc: 0.875,
  prAuc: 0.8,
  logLoss: 1.25,
  brier: 0.2,
  confusion: {
    labels: ['benign', 'malignant'],
    counts: [
      [2, 0],
      [1, 1],
    ],
  },
  intervals: {},
}

test('metrics become plain numbers under the names that gates use', () => {
  expect(flatMetrics(metrics)).toEqual({
    accuracy: 0.75,
    precision: 1,
    recall: 0.5,
    f1: 2 / 3,
    roc_auc: 0.875,
    pr_auc: 0.8,
    log_loss: 1.25,
    brier: 0.2,
    rows: 4,
  })
})

test('what is not defined is left out, not made 0', () => {
  const names = Object.keys(flatMetrics({ ...metrics, rocAuc: null, prAuc: null, logLoss: null, brier: null }))
  expect(names).toEqual(['accuracy', 'precision', 'recall', 'f1', 'rows'])
})
