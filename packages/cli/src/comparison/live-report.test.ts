import type { JudgedBy, LiveComparison } from '@airlock-ml/contract'
import { type ComparisonDefinition, compareWith, comparisonCurves } from '@airlock-ml/tabular/compare'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { coloursFor } from '../output/colours.ts'
import { liveHtml, liveMarkdown } from './live-report.ts'
import { liveText } from './live-text.ts'

const wild = '<b>"&|\n# no'
const rows = Array.from({ length: 200 }, (_, at) => at)
const actual = rows.map((at) => (at % 4 === 0 ? 'yes' : 'no'))
const side = (isWrong: (at: number) => boolean) => ({
  labels: rows.map((at) => (isWrong(at) ? (actual[at] === 'yes' ? 'no' : 'yes') : actual[at]!)),
  scores: rows.map((at) => ((actual[at] === 'yes') !== isWrong(at) ? 0.8 : 0.3)),
})
const pairs = {
  ...{
    actual,
    champion: side((at) => at % 10 === 3),
    challenger: side((at) => at === 0),
    ids: rows.map((at) => `id-${at}`),
  },
  feature: () => rows,
}
const definition: ComparisonDefinition = {
  ...{ name: 'live-quality', positive: 'yes', judgedBy: 'accuracy', margins: { accuracy: 0.05 }, confidence: 0.95 },
  ...{ metrics: ['accuracy', 'roc_auc'], minimumSample: { rows: 100, ofEachClass: 20 } },
  slices: [{ name: 'old', feature: 'age', atLeast: 100 }],
}
const result = compareWith(definition, pairs)
const judgedBy: JudgedBy = {
  ...{ name: 'live-quality', digest: 'd'.repeat(64), registered: true, version: 2 },
  ...{ registeredAt: '2026-04-01T12:00:00.000Z', latest: 3, beforehand: true },
}
const found = {
  ...{ id: 'i', deployment: 'risk-api', model: 'risk', mode: 'shadow', grade: 'asserted', unreadable: 2, isCut: false },
  ...{
    champion: { number: 1, digest: 'a' },
    challenger: { number: 2, digest: 'b' },
    comparedAt: '2026-05-01T12:00:00.000Z',
  },
  ...{
    result: { ...result, reason: wild, definition: judgedBy },
    disputed: result.disputed,
    curves: comparisonCurves('yes', pairs),
  },
} as unknown as LiveComparison

test('Markdown has the verdict, metrics with intervals, slices and what is in dispute by prediction id', () => {
  const text = liveMarkdown(found)
  for (const shown of [
    'risk 2 beside 1 at risk-api',
    'better',
    '2, of which 3 is the newest, registered beforehand',
    'accuracy of old',
    'In dispute: 21',
    'id-13',
    'roc\\_auc',
  ])
    expect(text).toContain(shown)
  expect(text).toContain('erased since: 2')
  expect(text).not.toContain('\n# no')
})

test('HTML draws the curves of both, calibration and differences, and lets nothing run', () => {
  const html = liveHtml(found)
  expect(html.match(/<svg/g)).toHaveLength(3)
  expect(html.match(/class="curve beside"/g)).toHaveLength(2)
  expect(html).toContain("default-src 'none'")
  expect(html).not.toContain('<b>')
})

test('a terminal is shown the verdict, a line a metric, and nothing that only Markdown needs', async () => {
  const text = await liveText(found, { colours: coloursFor({}, {}) } as Context)
  expect(text).toMatch(/^risk 2 beside 1 at risk-api\n\nverdict +better\nwhy +<b>/)
  expect(text).toMatch(/\nroc_auc +0\.\d{3} \(0\.\d{3} to [\d.]+\)/)
  expect(text).toMatch(/In dispute: 21\nPREDICTION +TRUTH/)
})
