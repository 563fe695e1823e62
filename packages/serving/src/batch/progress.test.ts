import { expect, test } from 'vitest'
import { Progress, seconds } from './progress.ts'

test('it tells rows, speed and time left after 5 s, then every 5 s, and after a minute every 30 s', () => {
  const lines: string[] = []
  const progress = new Progress({ rows: 10_000_000, before: 2_000_000, nowMs: 0 }, (line) => lines.push(line))
  for (let second = 1; second <= 120; second++) progress.see(second * 50_000, second * 1_000)
  expect(lines[0]).toBe('2,250,000 of 10,000,000 rows (22 %), 50,000 rows/s, about 3 min left')
  // At 5, 10 … 60 s, at 65, and then at 95.
  expect(lines).toHaveLength(14)
})

test('nothing is told before a row is scored', () => {
  const lines: string[] = []
  const progress = new Progress({ rows: 10, before: 0, nowMs: 0 }, (line) => lines.push(line))
  progress.see(0, 60_000)
  expect(lines).toEqual([])
})

test('a time left is told as roughly as it is known', () => {
  expect([0.2, 41, 100, 7_200].map(seconds)).toEqual(['1 s', '41 s', '2 min', '2.0 h'])
})
