import type { TrainingReport } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { reportHtml } from './html.ts'
import { reportMarkdown } from './markdown.ts'
import { readReport } from './read-report.ts'

const report: TrainingReport = {
  formatVersion: 1,
  title: 'Training of classifier',
  positive: 'malignant',
  rows: 129,
  metrics: { accuracy: 0.984496, rows: 129 },
  intervals: { accuracy: { low: 0.9453, high: 0.9957 } },
  confusion: {
    labels: ['benign', 'malignant'],
    counts: [
      [79, 0],
      [2, 48],
    ],
  },
  roc: [
    { falsePositiveRate: 0, truePositiveRate: 0 },
    { falsePositiveRate: 0, truePositiveRate: 0.9 },
    { falsePositiveRate: 1, truePositiveRate: 1 },
  ],
  precisionRecall: [{ precision: 1, recall: 0.5 }],
  calibration: [{ low: 0, high: 0.1, rows: 70, predicted: 0.02, observed: 0.01 }],
  importance: [{ feature: 'worst_area', mean: 0.0233, standardDeviation: 0.005 }],
  parameters: { trees: 20, data: 'a.csv' },
  data: { 'rows held out': 129 },
  environment: { node: 'v24' },
}
const dataSets = [
  { from: 'split_data.train', digest: 'a'.repeat(64), sizeBytes: 2_048, rows: 440 },
  { from: 'load.table', digest: 'b'.repeat(64), sizeBytes: null, rows: null },
]
const origin = {
  version: 'classifier/3',
  run: '0198c0de-0000-7000-8000-000000000000',
  workspace: 'dev',
  commit: 'c'.repeat(40),
  dirty: true,
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
}
const told = { dataSets, origin }
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value))

test('Markdown has a table for each part, with intervals', () => {
  const text = reportMarkdown(report, told)
  expect(text).toContain('| accuracy | 0.9845 | 0.9453 to 0.9957 |')
  expect(text).toContain('| malignant | 2 | 48 |')
  expect(text).toContain(`| split\\_data.train | 440 | 2.0 KiB | ${'a'.repeat(64)} |`)
  expect(text).toContain(`| load.table | – | – | ${'b'.repeat(64)} |`)
  expect(text).toContain('| worst\\_area | 0.0233 | 0.0050 |')
})

test('both say at the top which version, run, commit and time they are of, and nothing where that is not known', () => {
  const [markdown, html] = [reportMarkdown(report, told), reportHtml(report, told)]
  for (const text of [markdown, html]) {
    const head = text.slice(0, text.indexOf('held-out rows'))
    for (const part of ['classifier/3', origin.run, origin.commit, 'changes that were not committed', '03:04:05'])
      expect(head).toContain(part)
  }
  expect(reportMarkdown(report, { dataSets, origin: { ...origin, dirty: false } })).not.toContain('not committed')
  expect(reportMarkdown(report, { dataSets, origin: null })).not.toContain('Run:')
})

test('HTML draws five figures, runs nothing, fetches nothing and knows light and dark', () => {
  const html = reportHtml(report, told)
  expect(html.match(/<svg /g)).toHaveLength(5)
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|https?:/i)
  expect(html).toContain("default-src 'none'")
  expect(html).toContain('prefers-color-scheme:dark')
  expect(html).toContain(`<td>440</td><td>2.0 KiB</td><td>${'a'.repeat(64)}</td>`)
})

test('the confusion matrix is as dark as the share of its row, and of many classes a table alone', () => {
  const cells = (of: TrainingReport) =>
    [...reportHtml(of, told).matchAll(/fill-opacity="([^"]*)"\/><text class="([^"]*)"[^>]*>(\d+)</g)].map(
      ([, ...each]) => each,
    )
  expect(cells(report)).toEqual([
    ['1.000', 'count on', '79'],
    ['0.000', 'count', '0'],
    ['0.040', 'count', '2'],
    ['0.960', 'count on', '48'],
  ])
  const labels = Array.from({ length: 11 }, (_, at) => `class ${at}`)
  const many = { ...report, confusion: { labels, counts: labels.map(() => labels.map(() => 0)) } }
  expect(cells(many)).toEqual([])
  expect(reportHtml(many, told)).toContain('<td>class 10</td>')
})

test('a figure or table without data is left out', () => {
  const html = reportHtml(
    {
      ...report,
      ...{ roc: [], precisionRecall: [], calibration: [], importance: [], parameters: {} },
      confusion: { labels: [], counts: [] },
    },
    { dataSets: [], origin: null },
  )
  expect(html).not.toContain('<svg')
  expect(html).not.toContain('<h2>Parameters')
})

const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;|\`[x](javascript:alert(3))\u202e\n# heading`
const poisoned: TrainingReport = {
  ...report,
  title: hostile,
  positive: hostile,
  metrics: { [hostile]: 1 },
  confusion: { labels: [hostile, 'b'], counts: report.confusion.counts },
  importance: [{ feature: hostile, mean: 1, standardDeviation: 0 }],
  parameters: { [hostile]: { deep: hostile } },
  data: { [hostile]: hostile },
  environment: { [hostile]: hostile },
}

test('hostile names of features, metrics, classes and parameters stay text in HTML', () => {
  const html = reportHtml(poisoned, told)
  // What is left after our own tags are taken away must hold none of theirs.
  expect(html).not.toMatch(/<script|<img|\u202e/i)
  expect(html.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(8)
  const attributes = [...html.matchAll(/aria-label="([^"]*)"/g)].map(([, value]) => value)
  const curves = ['ROC curve', 'Precision-recall curve', 'Calibration curve']
  expect(attributes).toEqual([...curves, 'Confusion matrix', 'Importance of features'])
})

test('hostile names stay text in Markdown: no tag, link, cell or heading of their own', () => {
  const text = reportMarkdown(poisoned, told)
  expect(text).not.toMatch(/(?<!\\)</)
  expect(text).not.toMatch(/(?<!\\)\[x\]/)
  expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1)
  expect(text).not.toContain('\u202e')
})

test('a name of our own prototypes is only a name', () => {
  const metrics = JSON.parse('{"__proto__": 0.5, "constructor": 0.25}') as Record<string, number>
  expect(reportMarkdown({ ...report, metrics }, told)).toContain('| constructor | 0.2500 | – |')
})

test('points out of range are drawn at the edge', () => {
  const wild = [{ falsePositiveRate: -5, truePositiveRate: Number.POSITIVE_INFINITY }]
  expect(reportHtml({ ...report, roc: wild }, told)).toContain('points="44.0,252.0"')
})

test('a report is read back as it was written', () => {
  expect(readReport(bytesOf(report))).toEqual(report)
})

test.each<[string, Uint8Array, string]>([
  ['no JSON', Buffer.from('{'), 'is not JSON'],
  ['another format', bytesOf({ ...report, formatVersion: 2 }), "The report's formatVersion is wrong"],
  ['a list', bytesOf([]), 'is wrong'],
  ['text for a metric', bytesOf({ ...report, metrics: { accuracy: '<b>' } }), "The report's metrics.accuracy is wrong"],
  [
    'a matrix of another shape',
    bytesOf({ ...report, confusion: { labels: ['a'], counts: [[1, 2]] } }),
    'confusion matrix',
  ],
  ['a missing part', bytesOf({ ...report, roc: undefined }), "The report's roc is wrong"],
])('%s is refused', (_, bytes, message) => {
  expect(() => readReport(bytes)).toThrow(message)
})
