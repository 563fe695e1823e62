import { expect, test } from 'vitest'
import { differenceLines } from './difference.ts'

const digest = (letter: string) => letter.repeat(64)
const difference = {
  holder: 3,
  metrics: { accuracy: { holder: 0.98449, candidate: 0.99224 } },
  parameters: { trees: { holder: 100, candidate: 300 }, depth: { holder: null, candidate: 8 } },
  evaluation: { holder: digest('a'), candidate: digest('a') },
  commit: { holder: 'b'.repeat(40), candidate: 'c'.repeat(40) },
  model: { holder: digest('d'), candidate: digest('e') },
}

test('what changes stands beside what it was', () => {
  expect(differenceLines(difference).split('\n')).toEqual([
    'beside version 3, which holds it now',
    '  metric accuracy: 0.9845 → 0.9922',
    '  parameter trees: 100 → 300',
    '  parameter depth: none → 8',
    '  evaluation table: the same',
    '  commit: bbbbbbbbbbbb → cccccccccccc',
  ])
})

test('metrics on different tables are said not to compare', () => {
  const other = { ...difference, evaluation: { holder: digest('a'), candidate: digest('f') } }
  expect(differenceLines(other)).toContain('evaluation table: another, so the metrics do not compare')
})

test('with no holder there is nothing to say', () => {
  expect(differenceLines(null)).toBe('')
})
