import { expect, test } from 'vitest'
import { findShortfalls } from './validate-model-performance.ts'

const wanted = { min_accuracy: 0.95, min_recall: 0.9, min_roc_auc: 0.98 }
const good = { accuracy: 0.98, recall: 0.97, roc_auc: 0.99 }

test('a model at its thresholds passes', () => {
  expect(findShortfalls({ accuracy: 0.95, recall: 0.9, roc_auc: 0.98 }, wanted)).toEqual([])
})

test('each metric below its threshold is named', () => {
  expect(findShortfalls({ ...good, accuracy: 0.94, recall: 0.5 }, wanted)).toEqual([
    'accuracy is 0.94, and 0.95 is the least. Train on more data, or with other parameters.',
    'recall is 0.5, and 0.9 is the least. Train on more data, or with other parameters.',
  ])
})

test('a metric that is missing or no number does not pass', () => {
  const { roc_auc: _, ...without } = good
  expect(findShortfalls(without, wanted)).toEqual([expect.stringContaining('roc_auc is missing')])
  expect(findShortfalls({ ...good, recall: Number.NaN }, wanted)).toHaveLength(1)
})
