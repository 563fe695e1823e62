import { expect, test } from 'vitest'
import { wilsonInterval } from '../metrics/intervals.ts'
import { agreementOf } from './agreement.ts'
import { delongTest, unpairedAucTest } from './delong.ts'
import { holm } from './holm.ts'
import { leastDetectablePairs, mcnemarExact } from './mcnemar.ts'
import { pairedDifference } from './paired-difference.ts'
import { fisherExact, unpairedDifference } from './unpaired-difference.ts'

test('McNemar is the exact one of Fagerland, Lydersen and Laake (2014) and of their data of Cavo (2012)', () => {
  // Airway hyper-responsiveness of 21 children (Bentur et al., 2009): 1 against 7.
  expect(mcnemarExact(7, 1)).toBeCloseTo(0.0703, 4)
  // Complete response of 161 patients: 6 against 16.
  expect(mcnemarExact(6, 16)).toBeCloseTo(0.0525, 4)
})

test('no discordant pair says nothing, and six to none is the least that is found at 5 %', () => {
  expect(mcnemarExact(0, 0)).toBe(1)
  expect(mcnemarExact(3, 3)).toBe(1)
  expect([mcnemarExact(5, 0), mcnemarExact(6, 0)]).toEqual([0.0625, 0.03125].map((p) => expect.closeTo(p, 12)))
  expect(leastDetectablePairs(0.05)).toBe(6)
})

test('a tiny p value is not rounded to nothing', () => {
  expect(mcnemarExact(100, 0) / 2 ** -99).toBeCloseTo(1, 9)
})

test('the interval of a paired difference is the published one of Tango', () => {
  // The R package contingencytables, data of Cavo et al. (2012): -0.0621 (-0.1240 to -0.0054).
  const { low, high } = pairedDifference({ onlyFirst: 16, onlySecond: 6, pairs: 161 })!
  expect([low, high]).toEqual([expect.closeTo(-0.124, 4), expect.closeTo(-0.0054, 4)])
})

test('without a discordant pair the interval still has a width, and of nothing there is none', () => {
  const { low, high } = pairedDifference({ onlyFirst: 0, onlySecond: 0, pairs: 114 })!
  // z² / (n + z²)
  expect([low, high]).toEqual([expect.closeTo(-0.0326, 4), expect.closeTo(0.0326, 4)])
  expect(pairedDifference({ onlyFirst: 0, onlySecond: 0, pairs: 0 })).toBeNull()
  expect(pairedDifference({ onlyFirst: 0, onlySecond: 5, pairs: 5 })!.high).toBe(1)
})

/** Albumin, total protein, K-G score and outcome of 43 patients: DeLong et al. (1988), as in the manual of SAS/STAT. */
const ovarian = `3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1
3.8 5.7 5 1 3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0
4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1 4.3 6.5 4 1
3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1 3.5 6.2 5 1 2.9 5.7 9 0 2.1 4.8 7 1
2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1`
  .split(/\s+/)
  .map(Number)
const column = (at: number) => ovarian.filter((_, i) => i % 4 === at)
const hadSurgery = column(3).map((value) => value === 1)
const kgScore = column(2).map((value) => 10 - value)

test.each([
  // PROC LOGISTIC, "Comparing Receiver Operating Characteristic Curves", each against the K-G score.
  ['albumin', column(0), 0.0108, -0.1761, 0.1976, 0.9102],
  ['total protein', column(1), -0.078, -0.283, 0.1271, 0.4561],
])('DeLong’s paired test of %s is the published one', (_, scores, value, low, high, p) => {
  const found = delongTest(hadSurgery, { first: kgScore, second: scores })!
  expect([found.value, found.interval.low, found.interval.high, found.p]).toEqual(
    [value, low, high, p].map((each) => expect.closeTo(each, 4)),
  )
})

test('equal scores, and classes that both models part whole, have no test', () => {
  expect(delongTest(hadSurgery, { first: kgScore, second: kgScore })).toBeNull()
  expect(delongTest([true, true, false, false], { first: [4, 3, 2, 1], second: [8, 7, 2, 1] })).toBeNull()
  expect(delongTest([true, false], { first: [1, 0], second: [0, 1] })).toBeNull()
})

test('kappa is that of the worked example of 50 proposals, 20 and 15 of them rated alike', () => {
  const said = (yes: number, no: number) => [...Array<string>(yes).fill('yes'), ...Array<string>(no).fill('no')]
  const first = [...said(20, 0), ...said(5, 0), ...said(0, 10), ...said(0, 15)]
  const second = [...said(20, 0), ...said(0, 5), ...said(10, 0), ...said(0, 15)]
  expect(agreementOf(first, second)).toEqual({ share: 0.7, kappa: expect.closeTo(0.4, 12) })
  expect(agreementOf(['a', 'a'], ['a', 'a'])).toEqual({ share: 1, kappa: null })
})

test('Holm’s correction is that of the worked example, keeps the order and never exceeds 1', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)))
  expect(holm([0.9, 0.8])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})

test('docs/champion-challenger.md says of 114 rows what is so', () => {
  const low = (onlyFirst: number, onlySecond: number, pairs = 114) =>
    pairedDifference({ onlyFirst, onlySecond, pairs })!.low
  expect([low(0, 0), low(1, 1), low(2, 2), low(3, 3)].map((edge) => edge.toFixed(3))).toEqual([
    '-0.033',
    '-0.040',
    '-0.047',
    '-0.052',
  ])
  expect([low(1, 0), low(2, 0), low(0, 0, 43)].map((edge) => edge.toFixed(3))).toEqual(['-0.048', '-0.062', '-0.082'])
  const found = wilsonInterval(111, 114)!
  expect([found.low, found.high].map((edge) => edge.toFixed(3))).toEqual(['0.925', '0.991'])
  expect([mcnemarExact(1, 7), mcnemarExact(1, 8)].map((p) => p < 0.05)).toEqual([false, true])
  expect(leastDetectablePairs(0.05 / 4)).toBe(8)
})

test('the interval of a difference of rows of their own is the published one of Newcombe', () => {
  // R. G. Newcombe, Stat. Med. 17, 1998, p. 873, table II: 56/70 - 48/80 and 9/10 - 3/10, method 10.
  const of = (a: [number, number], b: [number, number]) => {
    const { low, high } = unpairedDifference({ hits: b[0], of: b[1] }, { hits: a[0], of: a[1] })!
    return [low, high].map((edge) => edge.toFixed(4))
  }
  expect(of([56, 70], [48, 80])).toEqual(['0.0524', '0.3339'])
  expect(of([9, 10], [3, 10])).toEqual(['0.1705', '0.8090'])
  expect(unpairedDifference({ hits: 0, of: 0 }, { hits: 1, of: 2 })).toBeNull()
})

test('Fisher’s exact test is that of the tea taster, whichever side comes first', () => {
  expect(fisherExact({ hits: 3, of: 4 }, { hits: 1, of: 4 })).toBeCloseTo(34 / 70, 9)
  expect(fisherExact({ hits: 1, of: 10 }, { hits: 11, of: 14 })).toBeCloseTo(0.0027594, 6)
  expect(fisherExact({ hits: 11, of: 14 }, { hits: 1, of: 10 })).toBeCloseTo(0.0027594, 6)
  expect(fisherExact({ hits: 5, of: 5 }, { hits: 9, of: 9 })).toBe(1)
})

test('areas that share no rows are tested by the sum of their variances', () => {
  const side = { isPositive: hadSurgery, scores: kgScore }
  const apart = unpairedAucTest(side, { isPositive: hadSurgery, scores: column(1) })!
  const paired = delongTest(hadSurgery, { first: kgScore, second: column(1) })!
  expect(apart.value).toBeCloseTo(paired.value, 12)
  const half = (found: typeof apart) => found.value - found.interval.low
  // Scores of the same rows that go together know more of their difference than scores of different ones.
  expect(half(apart)).toBeGreaterThan(half(paired))
})
