import { expect, test } from 'vitest'
import { sinceOf } from './parse-since.ts'

const now = new Date('2026-03-08T12:00:00Z')

test.each([
  ['24h', '2026-03-07T12:00:00.000Z'],
  ['7d', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T15:30+01:00', '2026-03-01T14:30:00.000Z'],
])('%s begins at %s', (text, moment) => {
  expect(sinceOf(text, now)).toBe(moment)
})

test.each(['', '7', '-7d', '0d', '7 days', '2026-02-30', '2026-03-01T14:30'])(
  '%j is refused with what to write',
  (text) => {
    expect(() => sinceOf(text, now)).toThrow(expect.objectContaining({ code: 'cli_usage_invalid' }))
  },
)
