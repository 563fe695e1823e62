import { expect, test } from 'vitest'
import { randomNumbers, seedOf } from './random.ts'

test('the same seed gives the same numbers, on every machine', () => {
  const numbers = randomNumbers(7)
  const first = [numbers(), numbers()]
  const again = randomNumbers(7)
  expect([again(), again()]).toEqual(first)
  expect(first).toEqual([0.4294716908586348, 0.92899106246094])
  expect(randomNumbers(8)()).not.toBe(first[0])
})

test('numbers are evenly spread from 0 up to 1', () => {
  const numbers = randomNumbers(1)
  const counts = new Array<number>(10).fill(0)
  for (let at = 0; at < 100_000; at++) counts[Math.floor(numbers() * 10)]!++
  // Four standard deviations of a share of 10,000.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(9_000))
})

test('each step of a snapshot has a seed of its own', () => {
  const digest = 'a'.repeat(64)
  expect(seedOf(digest, 'train')).toBe(seedOf(digest, 'train'))
  expect(new Set([seedOf(digest, 'train'), seedOf(digest, 'split'), seedOf('b'.repeat(64), 'train')]).size).toBe(3)
  expect(seedOf(digest, 'train')).toBeLessThan(2 ** 32)
})
