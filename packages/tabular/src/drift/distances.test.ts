import { expect, test } from 'vitest'
import {
  binnedKs,
  ksByChance,
  ksDistance,
  outsideByChance,
  stabilityByChance,
  stabilityIndex,
  wassersteinDistance,
} from './distances.ts'

// Expected values are of SciPy 1.17.1; how each was made stands beside it.
const first = [0.3, 1.1, 1.1, 2.5, 3.7, 4.2, 5.0]
const second = [0.1, 1.1, 2.0, 2.2, 6.5]
/** x = sin(i²) * 3 for i in 0..199; y = sin(j² + 1) * 3 + cos(j) / 2 + 0.4 for j in 0..299 */
const x = Array.from({ length: 200 }, (_, i) => Math.sin(i * i) * 3)
const y = Array.from({ length: 300 }, (_, j) => Math.sin(j * j + 1) * 3 + Math.cos(j) / 2 + 0.4)
const points = (values: readonly number[]) => ({
  values: values.toSorted((a, b) => a - b),
  weights: values.map(() => 1),
})

test('the distance of two samples is that of stats.ks_2samp', () => {
  expect(ksDistance(first, second)).toBeCloseTo(0.37142857142857144, 14)
  expect(ksDistance(x, y)).toBeCloseTo(0.15666666666666668, 14)
  expect(ksDistance([], second)).toBeNull()
})

test('the Wasserstein distance is that of stats.wasserstein_distance, with weights too', () => {
  expect(wassersteinDistance(points(first), points(second))).toBeCloseTo(0.92, 13)
  expect(wassersteinDistance(points(x), points(y))).toBeCloseTo(0.4531954059015257, 12)
  // wasserstein_distance([0, 1, 3], [5, 6, 8], [3, 1, 4], [2, 2, 9])
  const expected = { values: [0, 1, 3], weights: [3, 1, 4] }
  expect(wassersteinDistance(expected, { values: [5, 6, 8], weights: [2, 2, 9] })).toBeCloseTo(5.60576923076923, 13)
  expect(wassersteinDistance(expected, { values: [], weights: [] })).toBeNull()
})

test('the stability index is the sum of both relative entropies', () => {
  // sum(rel_entr(p, r) + rel_entr(r, p)) with p, r the shares
  const [expected, actual] = [
    [120, 80, 200, 60, 40],
    [30, 50, 70, 20, 80],
  ]
  expect(stabilityIndex(expected!, actual!, { smoothing: 0 })).toBeCloseTo(0.48383364798551, 13)
  expect(stabilityIndex(actual!, expected!, { smoothing: 0 })).toBeCloseTo(0.48383364798551, 13)
  expect(stabilityIndex(expected!, expected!)).toBe(0)
})

test('a bin that is empty on one side makes the index large, not infinite', () => {
  // the same after 0.5 was added to [10, 0, 90] and [5, 20, 25]
  expect(stabilityIndex([10, 0, 90], [5, 20, 25])).toBeCloseTo(1.959969600682658, 13)
  expect(stabilityIndex([10, 0, 90], [0, 0, 0])).toBeNull()
})

test('what chance does is bounded as theory says', () => {
  // (1/114 + 1/1000) * chi2.ppf(1 - 0.01/33, 9)
  const bound = stabilityByChance({ expected: 114, actual: 1_000, bins: 10 }, 0.01 / 33)
  expect(bound).toBeCloseTo(0.3023516277367954, 8)
  // beta.ppf(1 - 0.0003, 2, 113) = q, and q + norm.ppf(1 - 0.0003) * sqrt(q * (1 - q) / 1000)
  expect(outsideByChance({ expected: 114, actual: 1_000 }, 0.0003)).toBeCloseTo(0.11971451795000676, 6)
  // special.kolmogi(0.0003) * sqrt(1/114 + 1/1000): all terms, of which the first suffices
  expect(ksByChance({ expected: 114, actual: 1_000 }, 0.0003)).toBeCloseTo(0.20741338335857437, 6)
})

test('the distance of bins is exact where each bin is one value, and never too much', () => {
  expect(binnedKs([1, 2, 0, 1], [0, 1, 3, 0])).toBeCloseTo(0.5, 14)
  const edges = [-2, 0, 1, 2]
  const binned = (values: readonly number[]) =>
    [...edges, Infinity].map((edge, i) => values.filter((v) => v <= edge && v > (edges[i - 1] ?? -Infinity)).length)
  expect(binnedKs(binned(x), binned(y))!).toBeLessThanOrEqual(ksDistance(x, y)!)
  expect(binnedKs(binned(x), binned(y))!).toBeGreaterThan(0.05)
})
