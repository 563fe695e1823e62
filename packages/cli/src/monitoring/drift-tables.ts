import type { MonitoringWindow } from '@airlock-ml/contract'
import type { ReportTable } from '../report/tables.ts'
import { type DriftView, nameOf, timeText } from './drift-view.ts'

/** `0.123`, `1.2e+12`, and `–` for what nothing can be said of. */
export function measureText(value: number | null): string {
  if (value === null) return '–'
  return Math.abs(value) >= 100_000 ? value.toExponential(1) : value.toFixed(3)
}

export const shareText = (share: number): string => `${Number((share * 100).toFixed(share < 0.01 ? 2 : 1))} %`

const MARKS = [...'▁▂▃▄▅▆▇█']

/** Numbers as a line of bars, from nothing up to the largest of them, or to `least` where that is more. */
export function sparkText(values: readonly (number | null)[], least: number): string {
  const most = Math.max(least, ...values.map((value) => value ?? 0))
  return values.map((value) => (value === null ? ' ' : MARKS[Math.min(7, Math.floor((value / most) * 8))]!)).join('')
}

/** The tables of a monitor's report, in their order; one without rows is left out. */
export function driftTables({ rows, labels, windows, breaches, hookCalls, performance }: DriftView): ReportTable[] {
  return [
    {
      title: 'Drift',
      headings: [
        'What',
        'Level',
        'PSI',
        'By chance',
        'KS',
        'Shift (sd)',
        'Mean before',
        'Mean',
        'Missing',
        'Out of range',
      ],
      rows: rows.map(({ subject, name, level, psi, psiByChance, drift }) => [
        ...[nameOf({ subject, name }), level, measureText(psi), measureText(psiByChance)],
        ...[measureText(drift?.ks ?? null), measureText(drift?.shift ?? null)],
        ...[measureText(drift?.meanBefore ?? null), measureText(drift?.mean ?? null)],
        ...(drift ? [shareText(drift.missing), shareText(drift.outOfRange)] : ['–', '–']),
      ]),
    },
    {
      title: 'Labels',
      headings: ['Label', 'At training', 'In the window'],
      rows: labels.map(({ label, before, now }) => [label, shareText(before), shareText(now)]),
    },
    {
      title: 'Breaches',
      headings: ['What', 'Version', 'Measure', 'Value', 'Limit', 'Windows', 'Began', 'Ended'],
      rows: breaches.map((breach) => [
        ...[
          nameOf(breach),
          String(breach.number),
          breach.measure,
          measureText(breach.value),
          measureText(breach.limit),
        ],
        ...[String(breach.windows), timeText(breach.beganAt), breach.endedAt ? timeText(breach.endedAt) : 'goes on'],
      ]),
    },
    {
      title: 'Drift hooks',
      headings: ['Called', 'Hook', 'Version', 'State', 'File', 'Error'],
      rows: hookCalls.map(({ createdAt, hook, notice, state, hookDigest, error }) => [
        ...[timeText(createdAt), hook, String(notice.number), state],
        ...[hookDigest?.slice(0, 12) ?? '–', error?.split('\n', 1)[0] ?? '–'],
      ]),
    },
    {
      title: 'Performance, by labels that came later',
      headings: ['From', 'Version', 'Role', 'Labelled', 'Accuracy', 'Interval (95 %)', 'ROC AUC', 'Interval of AUC'],
      rows: (performance?.spans ?? []).map((span) => {
        const [auc] = span.rocAuc
        return [
          ...[timeText(span.from), String(span.number), span.role, String(span.labelled)],
          ...[measureText(span.accuracy), intervalText(span.accuracyInterval)],
          ...[measureText(auc?.value ?? null), intervalText(auc?.interval ?? null)],
        ]
      }),
    },
    {
      title: 'Windows',
      headings: ['Ended', 'Version', 'Role', 'Rows', 'Refused', 'Level', 'Most drifted', 'PSI'],
      rows: windows.map((each) => [
        ...[timeText(each.endedAt), String(each.number), each.role, String(each.summary.rows), String(each.refused)],
        ...[each.level, ...mostDrifted(each)],
      ]),
    },
  ].filter((table) => table.rows.length > 0)
}

const intervalText = (interval: { low: number; high: number } | null): string =>
  interval ? `${measureText(interval.low)} to ${measureText(interval.high)}` : '–'

function mostDrifted({ summary }: MonitoringWindow): [string, string] {
  const [first] = summary.features.toSorted((a, b) => (b.psi ?? -1) - (a.psi ?? -1))
  return first ? [first.name, measureText(first.psi)] : ['–', '–']
}
