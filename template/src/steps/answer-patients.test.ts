import { testStep } from '@airlock-ml/sdk/testing'
import { float32Column, stringColumn, Table } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { answerPatients, riskLevel } from './answer-patients.ts'

test('each row is answered with label, risk and probabilities', async () => {
  const predictions = new Table([
    stringColumn('label', ['malignant', 'benign']),
    float32Column('probability_benign', [0.25, 0.875]),
    float32Column('probability_malignant', [0.75, 0.125]),
  ])
  const { outputs } = await testStep(answerPatients, { inputs: { predictions } })
  expect(outputs.answers).toEqual([
    { label: 'malignant', riskLevel: 'high', probabilities: { benign: 0.25, malignant: 0.75 } },
    { label: 'benign', riskLevel: 'low', probabilities: { benign: 0.875, malignant: 0.125 } },
  ])
})

test.each([
  [0, 'low'],
  [0.29, 'low'],
  [0.3, 'medium'],
  [0.7, 'high'],
  [1, 'high'],
])('P(malignant) %d is %s', (malignant, level) => {
  expect(riskLevel(malignant)).toBe(level)
})
