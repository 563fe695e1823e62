import type { NumberDrift } from '@airlock-ml/tabular'
import type { Counters, LabelledValue } from '../answer/counters.ts'
import type { JudgedWindow } from './watched-version.ts'

/** The service that shows what it counts. */
export type Watching = { counters: Pick<Counters, 'watch' | 'watchEach' | 'counts'> }

export type Exposed = {
  /** The latest window of each version and role. */
  latest: () => readonly JudgedWindow[]
  closed: () => number
  unwatchedRows: () => number
  waiting: () => number
  lost: () => number
}

const MEASURES: readonly { name: string; help: string; of: (drift: NumberDrift) => number | null }[] = [
  { name: 'psi', help: 'Population stability index against training.', of: ({ psi }) => psi },
  { name: 'ks', help: 'Kolmogorov-Smirnov distance from training.', of: ({ ks }) => ks },
  { name: 'shift', help: 'Wasserstein-1 distance in standard deviations.', of: ({ shift }) => shift },
  { name: 'missing_share', help: 'Share of rows without a value.', of: ({ missing }) => missing },
  { name: 'out_of_range_share', help: 'Share of values outside of training.', of: ({ outOfRange }) => outOfRange },
]

/** What is known of drift as metrics: of the latest window of each version. */
export function exposeDrift({ counters }: Watching, { latest, closed, unwatchedRows, waiting, lost }: Exposed): void {
  for (const [name, help, value] of [
    ['airlock_drift_windows_total', 'Monitoring windows that were closed.', closed],
    ['airlock_drift_unwatched_rows_total', 'Rows of versions that have no profile.', unwatchedRows],
    ['airlock_drift_windows_waiting', 'Windows that the workspace was not told of yet.', waiting],
    ['airlock_drift_windows_lost_total', 'Windows that the workspace will not be told of.', lost],
  ] as const) {
    counters.watch({ name, help, value })
  }
  counters.watchEach({
    name: 'airlock_drift_breaches',
    help: 'Measures beyond their limit in the latest window.',
    labels: ['version', 'role'],
    values: () =>
      latest().map((window) => ({
        labels: ofWindow(window),
        value: window.verdict.findings.filter(({ level }) => level === 'breach').length,
      })),
  })
  for (const { name, help, of } of MEASURES) {
    counters.watchEach({
      name: `airlock_drift_${name}`,
      help,
      labels: ['version', 'role', 'subject', 'name'],
      values: () => latest().flatMap((window) => valuesOf(window, of)),
    })
  }
}

const ofWindow = ({ version, role }: JudgedWindow) => ({ version: String(version.number), role })

function valuesOf(window: JudgedWindow, of: (drift: NumberDrift) => number | null): LabelledValue[] {
  const { features, probabilities } = window.summary
  const each = (subject: string, drifts: readonly NumberDrift[]) =>
    drifts.flatMap((drift) => {
      const value = of(drift)
      return value === null ? [] : { labels: { ...ofWindow(window), subject, name: drift.name }, value }
    })
  return [...each('feature', features), ...each('probability', probabilities)]
}
