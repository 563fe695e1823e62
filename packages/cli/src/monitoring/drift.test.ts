import type { DriftBreach, MonitoringWindow } from '@airlock-ml/contract'
import { MonitoringSettings } from '@airlock-ml/contract'
import { DriftWindow, float32Column, judgeDrift, referenceProfile, Table } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { driftHtml } from './drift-html.ts'
import { driftMarkdown } from './drift-markdown.ts'
import { measureText, sparkText } from './drift-tables.ts'
import { batchView, driftView } from './drift-view.ts'
import { readBatchDrift } from './read-batch-drift.ts'

const even = (rows: number, from = 0) => Float32Array.from({ length: rows }, (_, i) => ((i + from) * 0.618034) % 1)
const answers = (rows: number) => ({
  labels: Array.from({ length: rows }, (_, i) => (i % 2 ? 'yes' : '<b>no')),
  probabilities: Float32Array.from({ length: rows * 2 }, (_, i) => (i % 4 < 2 ? 0.25 : 0.75)),
})
const shape = { features: ['age', '<img src=x>'], classLabels: ['<b>no', 'yes'] }
const profile = referenceProfile(
  new Table([float32Column('age', even(500)), float32Column('<img src=x>', even(500, 250))]),
  answers(500),
  shape,
)

/** The nth window of a minute, in which ages lie `moved` higher than at training. */
function windowAt(n: number, moved: number, over: Partial<MonitoringWindow> = {}): MonitoringWindow {
  const window = new DriftWindow(profile, { featureNames: shape.features, classLabels: shape.classLabels })
  const features = Float32Array.from({ length: 2_000 }, (_, i) => even(1, i >> 1)[0]! + (i % 2 ? 0 : moved))
  window.add({ rows: 1_000, features, ...answers(1_000) })
  const summary = window.compare()
  const { level, findings } = judgeDrift(summary, MonitoringSettings.parse({}))
  const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute)).toISOString()
  return {
    ...{
      id: `01a20da1-0000-7000-8000-00000000000${n}`,
      number: 3,
      digest: 'd'.repeat(64),
      role: 'champion',
      processes: 1,
    },
    ...{ startedAt: at(n), endedAt: at(n + 1), reportedAt: at(n + 1), refused: 2, summary, level },
    findings: [...findings],
    ...over,
  }
}

const breach: DriftBreach = {
  ...{
    id: '01a20da1-0000-7000-8000-000000000009',
    number: 3,
    digest: 'd'.repeat(64),
    measure: 'psi',
    subject: 'feature',
  },
  ...{ name: 'age', value: 1.5, limit: 0.2, windows: 2, beganAt: '2026-05-01T12:02:00.000Z' },
  ...{ seenUntil: '2026-05-01T12:04:00.000Z', endedAt: null },
}
const windows = [windowAt(3, 0.5), windowAt(2, 0.3), windowAt(1, 0)]
const view = driftView('cancer-api', { windows, breaches: [breach] })

test('the latest window of the champion is shown, most drifted first, with what it was in the windows before', () => {
  expect(view.window?.id).toBe(windows[0]!.id)
  expect(view.rows.map(({ subject, name, level }) => [subject, name, level])[0]).toEqual(['feature', 'age', 'breach'])
  expect(view.rows).toHaveLength(5)
  const [first, second, third] = view.rows[0]!.history as number[]
  expect([first! < 0.1, first! < second!, second! < third!]).toEqual([true, true, true])
})

test('a window of a shadow, of another version or of too few rows does not hide the champion’s', () => {
  const others = [
    windowAt(6, 0, { role: 'shadow' }),
    windowAt(5, 0, { level: 'too-few', findings: [] }),
    windowAt(4, 0.5, { number: 4, digest: 'e'.repeat(64) }),
  ]
  const { window, rows } = driftView('cancer-api', { windows: [...others, ...windows], breaches: [] })
  expect(window?.number).toBe(4)
  expect(rows[0]!.history).toHaveLength(1)
  expect(driftView('cancer-api', { windows: [], breaches: [] })).toMatchObject({ window: null, rows: [] })
})

test('both reports show every measure and breach, and nothing of it as markup', () => {
  const html = driftHtml(view)
  expect(html).toContain('<svg')
  expect(html).toContain('goes on')
  expect(html).toContain('&lt;img src=x&gt;')
  for (const unsafe of ['<img', '<b>', '<script', 'http:', 'https:']) expect(html).not.toContain(unsafe)
  const markdown = driftMarkdown(view)
  expect(markdown).toContain('| age | breach |')
  expect(markdown).toContain('| P\\(yes\\) | ok |')
  expect(markdown).not.toMatch(/(?<!\\)<img/)
  expect(driftHtml(driftView('none', { windows: [], breaches: [] }))).toContain('No window was reported yet.')
})

test('how well it does is shown once labels are there, also before there is a window', () => {
  const span = {
    ...{ from: '2026-05-01T00:00:00.000Z', to: '2026-05-02T00:00:00.000Z', number: 3, digest: 'd'.repeat(64) },
    ...{ role: 'champion' as const, labelled: 90, accuracy: 0.9, accuracyInterval: { low: 0.82, high: 0.95 } },
    rocAuc: [{ label: 'yes', value: 0.97, interval: null }],
  }
  const performance = { spans: [span], unreadable: 0, isCut: false }
  const markdown = driftMarkdown(driftView('cancer-api', { windows: [], breaches: [], performance }))
  expect(markdown).toContain('| 2026-05-01 00:00:00 | 3 | champion | 90 | 0.900 | 0.820 to 0.950 | 0.970 | – |')
})

test('a batch is shown as its run kept it, and anything else is refused', () => {
  const { summary, level, findings } = windows[0]!
  const kept = { summary, verdict: { level, findings }, limits: {} }
  const drift = readBatchDrift(Buffer.from(JSON.stringify(kept)))
  const markdown = driftMarkdown(batchView('the-run', { summary: drift.summary, ...drift.verdict }))
  expect(markdown).toContain('breach: 1000 rows that were scored, against 500 of training.')
  expect(markdown).toContain('| age | breach |')
  const refused = (value: unknown) => () => readBatchDrift(Buffer.from(JSON.stringify(value)))
  expect(refused(null)).toThrow('The drift is not one')
  expect(refused({ ...kept, summary: { ...summary, rows: '1' } })).toThrow('summary.rows')
})

test('numbers are short, and a line of bars is as high as its largest or its least', () => {
  expect([null, 0.12345, 3e12].map(measureText)).toEqual(['–', '0.123', '3.0e+12'])
  expect(sparkText([0, 0.1, null, 0.25], 0.25)).toBe('▁▄ █')
  expect(sparkText([1, 0], 0.25)).toBe('█▁')
})
