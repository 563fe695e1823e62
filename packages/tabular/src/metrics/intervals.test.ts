import { expect, test } from 'vitest'
import { aucInterval, averagePrecisionInterval, meanLossInterval, wilsonInterval } from './intervals.ts'

test.each([
  // R. G. Newcombe, Stat. Med. 17, 1998, p. 857, table I, method 3.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('the interval of %i of %i is the published one', (hits, of, low, high) => {
  const interval = wilsonInterval(hits, of)!
  expect([interval.low, interval.high].map((edge) => Number(edge.toFixed(4)))).toEqual([low, high])
})

test('a share of all reaches 1 and no further, and nothing has no interval', () => {
  expect(wilsonInterval(20, 20)).toEqual({ low: expect.closeTo(1 - 0.1611, 4), high: 1 })
  expect(wilsonInterval(0, 0)).toBeNull()
})

/** Ratings 1 to 5 of a class, by how often each was given. */
const ratings = (...counts: number[]) => counts.flatMap((count, i) => Array<number>(count).fill(i + 1))

test('the interval of a ROC AUC is the published one of the ratings of Hanley and McNeil (1982)', () => {
  const normal = ratings(33, 6, 6, 11, 2)
  const abnormal = ratings(3, 2, 2, 11, 33)
  const isPositive = [...normal.map(() => false), ...abnormal.map(() => true)]
  // Stata's manual of roctab: area 0.8932, DeLong standard error 0.0307, 0.83295 to 0.95339.
  const { low, high } = aucInterval(isPositive, [...normal, ...abnormal])!
  expect(low).toBeCloseTo(0.83295, 5)
  expect(high).toBeCloseTo(0.95339, 5)
})

test('it is cut at 1, as in the published example of the Python package pauc', () => {
  const isPositive = [0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1].map(Boolean)
  const scores = [0.1, 0.35, 0.24, 0.8, 0.2, 0.85, 0.13, 0.85, 0.74, 0.58, 0.71, 0.25]
  expect(aucInterval(isPositive, scores)).toEqual({ low: expect.closeTo(0.378, 3), high: 1 })
})

test('a ROC AUC says nothing of its interval for one row of a class, or classes that do not overlap', () => {
  expect(aucInterval([true, false, false], [0.9, 0.1, 0.2])).toBeNull()
  expect(aucInterval([true, true, false, false], [0.9, 0.8, 0.1, 0.2])).toBeNull()
})

test('the interval of an average precision is symmetric in the logit and stays within 0 and 1', () => {
  // By hand: of 100 positives at 0.5 the logit has a deviation of 1 / sqrt(100 / 4) = 0.2, and 1 / (1 + e^0.392) = 0.4032.
  expect(averagePrecisionInterval(0.5, 100)).toEqual({
    low: expect.closeTo(0.4032, 4),
    high: expect.closeTo(0.5968, 4),
  })
  const { low, high } = averagePrecisionInterval(0.98, 20)!
  expect(low).toBeGreaterThan(0)
  expect(high).toBeLessThan(1)
  expect([averagePrecisionInterval(0, 5), averagePrecisionInterval(1, 5)]).toEqual([null, null])
})

test('the interval of a mean loss is that of any mean, cut at its ends', () => {
  // By hand: mean 0.25, deviation sqrt(0.05 / 3) = 0.1291, of the mean 0.06455, times 1.96 is 0.12652.
  expect(meanLossInterval([0.1, 0.2, 0.3, 0.4], 1)).toEqual({
    low: expect.closeTo(0.12348, 5),
    high: expect.closeTo(0.37652, 5),
  })
  expect(meanLossInterval([0, 0, 0, 1], 1)!.low).toBe(0)
  expect(meanLossInterval([1, 1, 1, 0], 1)!.high).toBe(1)
  expect([meanLossInterval([0.3], 1), meanLossInterval([0.3, 0.3], 1)]).toEqual([null, null])
})
