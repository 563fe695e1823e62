import { expect, test } from 'vitest'
import { NonRetryableError, RetryAfterError } from '../define/step-errors.ts'
import { retryDelayMs } from './retry-delay.ts'

const retry = { attempts: 5, delayMs: 100, factor: 2, maxDelayMs: 300 }
const delays = (random: number) =>
  [1, 2, 3, 4, 5].map((attempt) => retryDelayMs(new Error('x'), { retry, attempt, random: () => random }))

test('delays grow up to the longest, are cut at random to no less than half, and end with the attempts', () => {
  expect(delays(1)).toEqual([100, 200, 300, 300, null])
  expect(delays(0)).toEqual([50, 100, 150, 150, null])
})

test('an error decides when the next attempt begins, or that there is none', () => {
  const delay = (error: unknown, attempt = 1) => retryDelayMs(error, { retry, attempt, random: () => 0 })
  expect(delay(new RetryAfterError('busy', 5_000))).toBe(5_000)
  expect(delay(new RetryAfterError('busy', Number.POSITIVE_INFINITY))).toBe(86_400_000)
  expect(delay(new RetryAfterError('busy', 5_000), 5)).toBeNull()
  expect(delay(new NonRetryableError('never'))).toBeNull()
  expect(delay({ name: 'NonRetryableError', message: 'from another process' })).toBeNull()
  expect(delay('a text')).toBe(50)
})

test('without a retry there is one attempt', () => {
  expect(retryDelayMs(new Error('x'), { retry: undefined, attempt: 1, random: () => 0 })).toBeNull()
})
