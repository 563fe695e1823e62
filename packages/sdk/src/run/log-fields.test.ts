import { expect, test } from 'vitest'
import { logFields } from './log-fields.ts'

test('data is kept as it is', () => {
  expect(logFields({ rows: 569, at: { file: 'a.csv' } })).toEqual({ rows: 569, at: { file: 'a.csv' } })
})

test('what JSON cannot hold becomes text', () => {
  expect(logFields({ loss: Number.NaN, count: 3n, gone: undefined })).toEqual({ loss: 'NaN', count: '3' })
})

test('what turns in a circle, or is too much, is said to be so, and nothing throws', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  expect(logFields(circle)).toEqual({ unreadable: expect.stringContaining('circular') })
  expect(logFields({ big: 'x'.repeat(20_000) })).toEqual({ cut: expect.stringContaining('10000 are the most') })
})
