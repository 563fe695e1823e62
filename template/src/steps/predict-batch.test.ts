import { expect, test } from 'vitest'
import { predictionsTable } from './predict-batch.ts'

const run = {
  id: '0198c0de-0000-7000-8000-000000000000',
  pipeline: 'batch-inference',
  environment: 'production',
  project: 'cancer-detection',
  model: { name: 'breast_cancer_classifier', number: 3, digest: 'd'.repeat(64) },
} as const
const answers = { labels: ['malignant', 'benign'], probabilities: Float32Array.of(0.25, 0.75, 0.875, 0.125) }

test('risk is P(malignant), and each row names its version and run', () => {
  const origin = {
    model_name: 'breast_cancer_classifier',
    model_version: 3,
    model_digest: 'd'.repeat(64),
    run_id: run.id,
  }
  expect(predictionsTable(answers, ['benign', 'malignant'], run).toRows()).toEqual([
    { row: 1, label: 'malignant', probability_benign: 0.25, probability_malignant: 0.75, risk: 0.75, ...origin },
    { row: 2, label: 'benign', probability_benign: 0.875, probability_malignant: 0.125, risk: 0.125, ...origin },
  ])
})

test('the order of classes is the model’s own', () => {
  const swapped = predictionsTable(answers, ['malignant', 'benign'], run)
  expect(swapped.column('risk').values[0]).toBe(0.25)
})

test('a model of other classes, and a run without a model, are refused', () => {
  expect(() => predictionsTable(answers, ['no', 'malignant'], run)).toThrow('does not tell "benign" apart')
  expect(() => predictionsTable(answers, ['benign', 'malignant'], { ...run, model: null })).toThrow(
    'pinned to no model',
  )
})
