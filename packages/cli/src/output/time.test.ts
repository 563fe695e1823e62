import { expect, test } from 'vitest'
import { duration, durationBetween, relativeTime } from './time.ts'

const now = new Date('2026-03-10T12:00:00.000Z')

test.each([
  ['2026-03-10T11:59:59.500Z', 'just now'],
  ['2026-03-10T11:59:18.000Z', '42 s ago'],
  ['2026-03-10T09:00:00.000Z', '3 h ago'],
  ['2026-03-05T12:00:00.000Z', '5 d ago'],
  ['2026-03-10T12:10:00.000Z', 'in 10 min'],
  ['2025-12-24T00:00:00.000Z', '2025-12-24'],
])('%s reads %s', (timestamp, text) => {
  expect(relativeTime(timestamp, now)).toBe(text)
})

test('a duration has the unit that fits', () => {
  expect([duration(0, 840), duration(0, 3_240), duration(0, 245_000), duration(5, 0)]).toEqual([
    '840 ms',
    '3.2 s',
    '4 min 5 s',
    '0 ms',
  ])
  expect(durationBetween('2026-03-10T12:00:00.000Z', null)).toBe('…')
})
