import { expect, test } from 'vitest'
import { momentOf } from './parse-moment.ts'

test('a moment is given with its time zone, or as a date that means the end of that day', () => {
  expect(momentOf('2026-03-01T14:30Z')).toBe('2026-03-01T14:30:00.000Z')
  expect(momentOf('2026-03-01T15:30:05.25+01:00')).toBe('2026-03-01T14:30:05.250Z')
  expect(momentOf('2026-03-01')).toBe('2026-03-01T23:59:59.999Z')
})

test('what could mean two moments, or none, is refused', () => {
  for (const text of ['2026-03-01T14:30', 'yesterday', '2026-02-30', '2026-13-01T00:00Z', '2026-03-01T25:00Z', ''])
    expect(() => momentOf(text)).toThrowError(expect.objectContaining({ code: 'cli_usage_invalid' }))
})
