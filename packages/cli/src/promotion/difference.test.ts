import { expect, test } from 'vitest'
import { differenceLines } from './difference.ts'

const digest = (letter: string) => letter.repeat(64)
const difference = {
  holder: 3,
  metrics: { accuracy: { holder: 0.98449, candidate: 0.99224 } },
  intervals: {
    accuracy: { holder: null, candidate: { low: 0.9716, high: 0.9979 } },
  },
  parameters: { trees: { holder: 100, candidate: 300 }, depth: { holder: null, candidate: 8 } },
  evaluation: { holder: digest('a'), candidate: digest('a') },
  columns: { radius: { holder: 'float64', candidate: 'int64' }, site: { holder: null, candidate: 'string' } },
  data: { 'load.table': { holder: digest('1'), candidate: digest('2') } },
  lockFile: { holder: digest('3'), candidate: digest('4') },
  dependencies: { zod: { holder: '4.0.1', candidate: '4.1.0' }, gone: { holder: '1.0.0', candidate: null } },
  commit: { holder: 'b'.repeat(40), candidate: 'c'.repeat(40) },
  model: { holder: digest('d'), candidate: digest('e') },
}

test('what changes stands beside what it was', () => {
  expect(differenceLines(difference).split('\n')).toEqual([
    'beside version 3, which holds it now',
    '  metric accuracy: 0.9845 → 0.9922 (0.9716 to 0.9979)',
    '  parameter trees: 100 → 300',
    '  parameter depth: none → 8',
    '  evaluation table: the same',
    '  column radius: float64 → int64',
    '  column site: none → string',
    '  data load.table: 111111111111 → 222222222222',
    '  commit: bbbbbbbbbbbb → cccccccccccc',
    '  lock file: 333333333333 → 444444444444',
    '  dependency zod: 4.0.1 → 4.1.0',
    '  dependency gone: 1.0.0 → none',
  ])
})

test('metrics on different tables are said not to compare', () => {
  const other = { ...difference, evaluation: { holder: digest('a'), candidate: digest('f') } }
  expect(differenceLines(other)).toContain('evaluation table: another, so the metrics do not compare')
})

test('what is not known of both sides is said to be so', () => {
  const lines = differenceLines({ ...difference, columns: null, data: null, dependencies: null })
  for (const what of ['columns', 'data', 'dependencies']) expect(lines).toContain(`${what}: not known of both`)
})

test('a name chosen elsewhere cannot write over the terminal of who reads it', () => {
  const lines = differenceLines({
    ...difference,
    columns: { 'a\u001b[2J\u202eb': { holder: null, candidate: 'string' } },
  })
  expect(lines).toContain('column a�[2J�b: none → string')
})

test('with no holder there is nothing to say', () => {
  expect(differenceLines(null)).toBe('')
})
