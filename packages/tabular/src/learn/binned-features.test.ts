import { expect, test } from 'vitest'
import { binFeatures, thresholdBetween } from './binned-features.ts'

const binned = (values: number[], bins: number) =>
  binFeatures({ names: ['x'], columns: [Float32Array.from(values)], rowCount: values.length }, bins)[0]!

test('with room for all, every distinct value has a bin of its own', () => {
  const feature = binned([3, 1, 2, 1, -0, 0], 256)
  expect([...feature.bins]).toEqual([3, 1, 2, 1, 0, 0])
  expect([...feature.lowest].map((value) => value + 0)).toEqual([0, 1, 2, 3])
})

test('otherwise bins hold about the same number of rows, in the order of their values', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000)
  const feature = binned(values, 16)
  const sizes = Array(16).fill(0)
  for (const bin of feature.bins) sizes[bin]++
  for (const size of sizes) expect(size).toBe(625)
  for (let bin = 1; bin < 16; bin++) expect(feature.lowest[bin]).toBeGreaterThan(feature.highest[bin - 1]!)
})

test('a value that fills half the rows takes one bin and leaves the others to the rest', () => {
  const values = Array.from({ length: 2_000 }, (_, i) => (i < 1_000 ? 5 : i))
  const feature = binned(values, 8)
  expect(new Set(feature.bins).size).toBe(8)
  expect(feature.highest[0]).toBe(5)
})

test('a threshold parts the rows exactly as their bins do, even between neighbouring floats', () => {
  const values = [0, 1e-45, 3e-45, 1, 1.0000001, 3.4e38, -3.4e38, -1e-45]
  const feature = binned(values, 256)
  for (let lower = 0; lower < feature.lowest.length - 1; lower++) {
    for (let upper = lower + 1; upper < feature.lowest.length; upper++) {
      const threshold = thresholdBetween(feature, lower, upper)
      expect(Math.fround(threshold)).toBe(threshold)
      expect(feature.highest[lower]!).toBeLessThanOrEqual(threshold)
      expect(feature.lowest[upper]!).toBeGreaterThan(threshold)
    }
  }
})
