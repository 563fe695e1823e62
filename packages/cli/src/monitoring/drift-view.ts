import type { DriftBreach, DriftFinding, MonitoringWindow, Performance } from '@airlock-ml/contract'

type NumberDrift = MonitoringWindow['summary']['features'][number]
export type Level = 'ok' | 'warn' | 'breach'

/** One thing that is watched: a feature, the probability of a class, or how often the labels are said. */
export type DriftRow = {
  subject: DriftFinding['subject']
  name: string
  level: Level
  psi: number | null
  psiByChance: number | null
  /** What the numbers are; null of labels. */
  drift: NumberDrift | null
  /** Of the windows of this version before, oldest first; the last is the one shown. */
  history: readonly (number | null)[]
}

/** What a monitor shows of one deployment: its latest window, against those before. */
export type DriftView = {
  deployment: string
  window: MonitoringWindow | null
  /** Most drifted first. */
  rows: readonly DriftRow[]
  /** Latest first. */
  windows: readonly MonitoringWindow[]
  breaches: readonly DriftBreach[]
  /** Null where nothing is known of it. */
  performance: Performance | null
}

/** What a workspace knows of a deployment. */
export type Known = {
  windows: readonly MonitoringWindow[]
  breaches: readonly DriftBreach[]
  performance?: Performance | null
}

const RANK: Readonly<Record<Level, number>> = { breach: 2, warn: 1, ok: 0 }

/**
 * Orders what is known. The window that is shown is the latest of the champion that was judged, or else the latest of
 * all; its history are the windows of the same version in the same role.
 */
export function driftView(deployment: string, { windows, breaches, performance = null }: Known): DriftView {
  const judged = windows.filter(({ level }) => level !== 'too-few')
  const window = judged.find(({ role }) => role === 'champion') ?? judged[0] ?? windows[0] ?? null
  if (!window) return { deployment, window, rows: [], windows, breaches, performance }
  const like = windows.filter(({ role, digest }) => role === window.role && digest === window.digest).reverse()
  const { features, probabilities, labels } = window.summary
  const rowOf = (subject: 'feature' | 'probability', drift: NumberDrift): DriftRow => ({
    ...{ subject, name: drift.name, level: levelOf(window, subject, drift.name), drift },
    ...{ psi: drift.psi, psiByChance: drift.psiByChance },
    history: like.map(({ summary }) => {
      const drifts = subject === 'feature' ? summary.features : summary.probabilities
      return drifts.find(({ name }) => name === drift.name)?.psi ?? null
    }),
  })
  const rows: DriftRow[] = [
    ...features.map((drift) => rowOf('feature', drift)),
    ...probabilities.map((drift) => rowOf('probability', drift)),
    {
      ...{ subject: 'label', name: '', level: levelOf(window, 'label', ''), drift: null },
      ...{ psi: labels.psi, psiByChance: labels.psiByChance },
      history: like.map(({ summary }) => summary.labels.psi),
    },
  ]
  rows.sort((a, b) => RANK[b.level] - RANK[a.level] || (b.psi ?? -1) - (a.psi ?? -1))
  return { deployment, window, rows, windows, breaches, performance }
}

function levelOf({ findings }: MonitoringWindow, subject: DriftFinding['subject'], name: string): Level {
  const levels = findings.filter((each) => each.subject === subject && each.name === name).map(({ level }) => level)
  if (levels.includes('breach')) return 'breach'
  return levels.length > 0 ? 'warn' : 'ok'
}

/** What a row is called. */
export const nameOf = ({ subject, name }: Pick<DriftRow, 'subject' | 'name'>): string => {
  if (subject === 'label') return 'labels'
  return subject === 'probability' ? `P(${name})` : name
}
