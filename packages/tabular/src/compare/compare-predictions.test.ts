import { expect, test } from 'vitest'
import { comparePredictions } from './compare-predictions.ts'
import type { ComparedRows, CompareOptions } from './comparison.ts'

/**
 * 50 positive rows, then `negatives`; the champion is wrong on the first `championWrong` rows of each class, the
 * challenger on the last `challengerWrong`.
 */
function rows({ championWrong = [0, 0], challengerWrong = [0, 0], negatives = 100 } = {}): ComparedRows {
  const truth = [...Array<string>(50).fill('yes'), ...Array<string>(negatives).fill('no')]
  const flip = (label: string) => (label === 'yes' ? 'no' : 'yes')
  const side = (isWrong: (at: number, of: number, c: number) => boolean) => {
    const labels = truth.map((label, row) => {
      const c = label === 'yes' ? 0 : 1
      return isWrong(c === 0 ? row : row - 50, c === 0 ? 50 : negatives, c) ? flip(label) : label
    })
    return { labels, scores: labels.map((label, row) => (label === 'yes' ? 0.8 : 0.2) + (row % 7) / 100) }
  }
  return {
    actual: truth,
    positive: 'yes',
    champion: side((at, _, c) => at < championWrong[c]!),
    challenger: side((at, of, c) => at >= of - challengerWrong[c]!),
  }
}

const verdictOf = (given: ComparedRows, options?: CompareOptions) => comparePredictions(given, options).verdict

test('a challenger that repairs many rows is better, and the champion is worse than it', () => {
  expect(verdictOf(rows({ championWrong: [10, 10] }))).toBe('better')
  expect(verdictOf(rows({ challengerWrong: [10, 10] }))).toBe('worse')
})

test('equal predictions on 150 rows are not worse by a margin of 0.05, but of 0.02 they may be', () => {
  const same = rows()
  expect(verdictOf(same)).toBe('not worse')
  const strict = comparePredictions(same, { margin: 0.02 })
  expect(strict.verdict).toBe('not enough data')
  expect(strict.reason).toContain('does not rule out a loss of more than 0.02')
})

test('a loss in one class is worse, although the accuracy judged by is not', () => {
  const { verdict, reason, metrics } = comparePredictions(rows({ championWrong: [0, 9], challengerWrong: [9, 0] }))
  expect(metrics.accuracy!.difference.value).toBe(0)
  expect({ verdict, reason }).toEqual({
    verdict: 'worse',
    reason: 'The challenger is worse in recall (Holm-adjusted p below 0.05).',
  })
})

test('one p value below 0.05 of several is not called a difference', () => {
  const { metrics, verdict } = comparePredictions(rows({ challengerWrong: [6, 0], championWrong: [0, 1] }))
  expect(metrics.recall!.p).toBeCloseTo(0.03125, 6)
  expect(metrics.recall!.adjustedP).toBeGreaterThan(0.05)
  expect(verdict).not.toBe('worse')
})

test('too few rows, or too few of a class, say nothing, however clear they look', () => {
  const few = comparePredictions(rows({ championWrong: [20, 20], negatives: 40 }))
  expect([few.verdict, few.reason]).toEqual(['not enough data', 'There are 90 rows, and 100 are asked for.'])
  const lopsided = comparePredictions(rows({ championWrong: [20, 0] }), { minClassRows: 60 })
  expect(lopsided.reason).toBe('The smaller class has 50 rows, and 60 are asked for.')
})

test('rows in dispute are listed with truth and scores, the first 1,000 of them', () => {
  const found = comparePredictions(rows({ championWrong: [1, 0] }))
  expect(found.disputed).toEqual([
    { row: 1, actual: 'yes', champion: 'no', challenger: 'yes', championScore: 0.2, challengerScore: 0.8 },
  ])
  expect(found.discordant).toEqual({ onlyChampion: 0, onlyChallenger: 1, p: 1 })
  expect(found.agreement.share).toBeCloseTo(149 / 150, 12)
  const many = comparePredictions(rows({ negatives: 2_000, championWrong: [0, 1_500] }))
  expect([many.disputedRows, many.disputed.length]).toEqual([1_500, 1_000])
})

test('with rows of one class only, what speaks of the other is left out and nothing is concluded', () => {
  const one = rows({ negatives: 0 })
  const { metrics, verdict } = comparePredictions(one, { minRows: 10 })
  expect([Object.keys(metrics), verdict]).toEqual([['accuracy', 'recall'], 'not enough data'])
})

test('what comes out is plain JSON', () => {
  const found = comparePredictions(rows({ championWrong: [2, 2] }))
  expect(JSON.parse(JSON.stringify(found))).toEqual(found)
})

test.each<[string, ComparedRows, CompareOptions, string]>([
  ['no rows', { ...rows(), actual: [] }, {}, 'There are no rows to compare on.'],
  [
    'a short list',
    { ...rows(), champion: { labels: ['yes'], scores: [1] } },
    {},
    '1 labels and 1 scores of the champion',
  ],
  [
    'NaN',
    { ...rows(), challenger: { ...rows().champion, scores: Array(150).fill(Number.NaN) } },
    {},
    "The challenger's score of row 1 is no finite number.",
  ],
  ['a margin of 5', rows(), { margin: 5 }, 'margin is 5'],
  ['no minimum', rows(), { minRows: 0 }, 'minRows is 0'],
  ['half a row', rows(), { minClassRows: 0.5 }, 'minClassRows is 0.5'],
  ['an unknown metric', rows(), { judgedBy: 'f1' as 'recall' }, 'judgedBy is "f1"'],
])('%s is refused', (_, given, options, message) => {
  expect(() => comparePredictions(given, options)).toThrow(message)
})
