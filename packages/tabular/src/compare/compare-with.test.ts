import { expect, test } from 'vitest'
import { compareWith } from './compare-with.ts'
import type { PairedRows, UnpairedRows } from './comparison.ts'
import type { ComparisonDefinition } from './definition.ts'

const definition: ComparisonDefinition = {
  name: 'live-quality',
  positive: 'yes',
  metrics: ['accuracy', 'recall', 'specificity', 'roc_auc'],
  judgedBy: 'accuracy',
  margins: { accuracy: 0.05 },
  slices: [],
  minimumSample: { rows: 100, ofEachClass: 20 },
  confidence: 0.95,
}
const compare = (given: PairedRows | UnpairedRows, change: Partial<ComparisonDefinition> = {}) =>
  compareWith({ ...definition, ...change }, given)

/**
 * 50 positive rows, then `negatives`; the champion is wrong on the first `championWrong` rows of each class, the
 * challenger on the last `challengerWrong`.
 */
function rows({ championWrong = [0, 0], challengerWrong = [0, 0], negatives = 100 } = {}): PairedRows {
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
    champion: side((at, _, c) => at < championWrong[c]!),
    challenger: side((at, of, c) => at >= of - challengerWrong[c]!),
  }
}

const verdictOf = (given: PairedRows | UnpairedRows) => compare(given).verdict

test('a challenger that repairs many rows is better, and the champion is worse than it', () => {
  expect(verdictOf(rows({ championWrong: [10, 10] }))).toBe('better')
  expect(verdictOf(rows({ challengerWrong: [10, 10] }))).toBe('worse')
})

test('equal predictions on 150 rows are not worse by a margin of 0.05, but of 0.02 they may be', () => {
  const same = rows()
  expect(verdictOf(same)).toBe('not worse')
  const strict = compare(same, { margins: { accuracy: 0.02 } })
  expect(strict.verdict).toBe('not enough data')
  expect(strict.reason).toContain('does not rule out a loss of more than 0.02')
})

test('a loss in one class is worse, although the accuracy judged by is not', () => {
  const { verdict, reason, metrics } = compare(rows({ championWrong: [0, 9], challengerWrong: [9, 0] }))
  expect(metrics.accuracy!.difference.value).toBe(0)
  expect({ verdict, reason }).toEqual({
    verdict: 'worse',
    reason: 'The challenger is worse in recall (Holm-adjusted p below 0.05).',
  })
})

test('one p value below 0.05 of several is not called a difference', () => {
  const { metrics, verdict } = compare(rows({ challengerWrong: [6, 0], championWrong: [0, 1] }))
  expect(metrics.recall!.p).toBeCloseTo(0.03125, 6)
  expect(metrics.recall!.adjustedP).toBeGreaterThan(0.05)
  expect(verdict).not.toBe('worse')
})

test('too few rows, or too few of a class, say nothing, however clear they look', () => {
  const few = compare(rows({ championWrong: [20, 20], negatives: 40 }))
  expect([few.verdict, few.reason]).toEqual(['not enough data', 'There are 90 rows, and 100 are asked for.'])
  const lopsided = compare(rows({ championWrong: [20, 0] }), { minimumSample: { rows: 100, ofEachClass: 60 } })
  expect(lopsided.reason).toBe('The smaller class has 50 rows, and 60 are asked for.')
})

test('rows in dispute are listed with truth and scores, the first 1,000 of them', () => {
  const found = compare(rows({ championWrong: [1, 0] }))
  expect(found.disputed).toEqual([
    { row: 1, id: '1', actual: 'yes', champion: 'no', challenger: 'yes', championScore: 0.2, challengerScore: 0.8 },
  ])
  expect(found.discordant).toEqual({ onlyChampion: 0, onlyChallenger: 1, p: 1 })
  expect(found.agreement!.share).toBeCloseTo(149 / 150, 12)
  const many = compare(rows({ negatives: 2_000, championWrong: [0, 1_500] }))
  expect([many.disputedRows, many.disputed.length]).toEqual([1_500, 1_000])
})

test('with rows of one class only, what speaks of the other is left out and nothing is concluded', () => {
  const one = rows({ negatives: 0 })
  const { metrics, verdict } = compare(one, { minimumSample: { rows: 10, ofEachClass: 20 } })
  expect([Object.keys(metrics), verdict]).toEqual([['accuracy', 'recall'], 'not enough data'])
})

test('what comes out is plain JSON', () => {
  const found = compare(rows({ championWrong: [2, 2] }))
  expect(JSON.parse(JSON.stringify(found))).toEqual(found)
})

test('a row in dispute goes by the id that is given', () => {
  const given = rows({ championWrong: [1, 0] })
  expect(compare({ ...given, ids: given.actual.map((_, row) => `p${row}`) }).disputed[0]!.id).toBe('p0')
})

test('every margin has to be kept, be the challenger ever so much better in what it is judged by', () => {
  const given = rows({ championWrong: [0, 20], challengerWrong: [3, 0] })
  expect(compare(given).verdict).toBe('better')
  const both = compare(given, { margins: { accuracy: 0.05, recall: 0.05 } })
  expect(both.verdict).toBe('not enough data')
  expect(both.reason).toMatch(/^The difference in recall .* does not rule out a loss of more than 0.05\.$/)
})

/** The first `first` rows are of the slice. */
const sliced = (given: PairedRows, first: number): PairedRows => ({
  ...given,
  feature: (name) => (name === 'age' ? given.actual.map((_, row) => (row < first ? 80 : 30)) : null),
})
const old = { name: 'old', feature: 'age', atLeast: 65 }

test('a loss in a slice is worse, although the whole is not', () => {
  const given = sliced(rows({ challengerWrong: [0, 0], championWrong: [0, 9] }), 50)
  const lost = { ...given, challenger: rows({ championWrong: [9, 0] }).champion }
  expect(compare(lost, { metrics: ['accuracy'] }).verdict).toBe('not enough data')
  const found = compare(lost, { metrics: ['accuracy'], slices: [old] })
  expect(found.reason).toBe('The challenger is worse in accuracy of old (Holm-adjusted p below 0.05).')
  expect(found.slices).toEqual([{ name: 'old', rows: 50, metrics: { accuracy: expect.anything() } }])
})

test('more slices do not hide a loss of the whole, and one by an unknown feature says that it has no rows', () => {
  const given = sliced(rows({ challengerWrong: [7, 0] }), 5)
  const slices = Array.from({ length: 20 }, (_, at) => ({ name: `s${at}`, feature: 'age', below: 60 + at }))
  const found = compare(given, { metrics: ['recall'], judgedBy: 'recall', margins: { recall: 0.05 }, slices })
  expect(found.reason).toContain('worse in recall')
  const [unknown] = compare(given, { slices: [{ ...old, feature: 'height' }] }).slices
  expect(unknown).toEqual({ name: 'old', rows: 0, metrics: {} })
})

test('another confidence makes other intervals and another level', () => {
  const given = rows({ challengerWrong: [6, 0] })
  const sure = compare(given, { metrics: ['accuracy'], confidence: 0.99 })
  const usual = compare(given, { metrics: ['accuracy'] })
  expect(usual.verdict).toBe('worse')
  expect(sure.verdict).toBe('not enough data')
  expect(sure.metrics.accuracy!.difference.interval!.low).toBeLessThan(usual.metrics.accuracy!.difference.interval!.low)
})

const unpaired = ({ champion, challenger, actual }: PairedRows, take = actual.length): UnpairedRows => ({
  champion: { actual, ...champion },
  challenger: {
    actual: actual.slice(0, take),
    labels: challenger.labels.slice(0, take),
    scores: Array.from(challenger.scores).slice(0, take),
  },
})

test('rows that each side has of its own are judged in the same way, with more of them needed', () => {
  expect(verdictOf(unpaired(rows({ championWrong: [20, 20] })))).toBe('better')
  expect(verdictOf(unpaired(rows({ challengerWrong: [20, 20] })))).toBe('worse')
  expect(verdictOf(unpaired(rows({ championWrong: [4, 4], challengerWrong: [4, 4] })))).toBe('not enough data')
  const many = rows({ negatives: 4_000, championWrong: [0, 40], challengerWrong: [0, 40] })
  expect(compare(unpaired(many))).toMatchObject({ verdict: 'not worse', paired: false, discordant: null, disputed: [] })
  expect(compare(unpaired(rows(), 90)).reason).toBe('There are 90 rows, and 100 are asked for.')
})

test.each<[string, PairedRows, Partial<ComparisonDefinition>, string]>([
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
  ['a margin of 5', rows(), { margins: { accuracy: 5 } }, 'The margin of accuracy is 5'],
  ['no margin', rows(), { margins: { recall: 0.05 } }, 'accuracy has no margin'],
  ['no minimum', rows(), { minimumSample: { rows: 0, ofEachClass: 20 } }, 'minimumSample.rows is 0'],
  ['half a row', rows(), { minimumSample: { rows: 1, ofEachClass: 0.5 } }, 'minimumSample.ofEachClass is 0.5'],
  ['an unknown metric', rows(), { judgedBy: 'f1' as 'recall' }, '"f1" is no metric'],
  ['a metric that is not compared', rows(), { metrics: ['recall'] }, 'accuracy is not among the metrics'],
  ['a slice of all', rows(), { slices: [{ name: 'all', feature: 'age' }] }, 'Slice all has neither'],
  ['a slice of none', rows(), { slices: [{ ...old, below: 60 }] }, 'Slice old holds no number'],
  ['two slices of one name', rows(), { slices: [old, old] }, 'Two slices have one name'],
  ['a sure thing', rows(), { confidence: 1 }, 'confidence is 1'],
])('%s is refused', (_, given, change, message) => {
  expect(() => compare(given, change)).toThrow(message)
})
