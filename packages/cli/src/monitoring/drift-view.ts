import type { DriftBreach, DriftFinding, DriftHookCall, MonitoringWindow, Performance } from '@airlock-ml/contract'

type Summary = MonitoringWindow['summary']
type NumberDrift = Summary['features'][number]
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

/** What a monitor shows: the latest window of a deployment against those before, or the rows of a batch. */
export type DriftView = {
  title: string
  /** What is said first, a sentence or two each. */
  head: readonly string[]
  /** The window that is shown; null of a batch, and where there is none yet. */
  window: MonitoringWindow | null
  /** Most drifted first. */
  rows: readonly DriftRow[]
  labels: MonitoringWindow['summary']['labels']['shares']
  /** Latest first. */
  windows: readonly MonitoringWindow[]
  breaches: readonly DriftBreach[]
  /** Hooks that breaches called, latest first. */
  hookCalls: readonly DriftHookCall[]
  /** Null where nothing is known of it. */
  performance: Performance | null
}

/** What a workspace knows of a deployment. */
export type Known = {
  windows: readonly MonitoringWindow[]
  breaches: readonly DriftBreach[]
  hookCalls?: readonly DriftHookCall[]
  performance?: Performance | null
}

const RANK: Readonly<Record<Level, number>> = { breach: 2, warn: 1, ok: 0 }

/**
 * Orders what is known. The window that is shown is the latest of the champion that was judged, or else the latest of
 * all; its history are the windows of the same version in the same role.
 */
export function driftView(
  deployment: string,
  { windows, breaches, hookCalls = [], performance = null }: Known,
): DriftView {
  const judged = windows.filter(({ level }) => level !== 'too-few')
  const window = judged.find(({ role }) => role === 'champion') ?? judged[0] ?? windows[0] ?? null
  const known = { title: `Drift of ${deployment}`, windows, breaches, hookCalls, performance }
  if (!window) return { ...known, window, rows: [], labels: [], head: ['No window was reported yet.'] }
  const like = windows.filter(({ role, digest }) => role === window.role && digest === window.digest).reverse()
  const { number, role, summary, startedAt, endedAt, level } = window
  const head = [
    `Version ${number} as ${role}: ${level}.`,
    `${summary.rows} rows from ${timeText(startedAt)} to ${timeText(endedAt)} UTC, against ${summary.referenceRows} of training.`,
  ]
  const summaries = like.map((each) => each.summary)
  return { ...known, window, head, rows: rowsOf(window, summaries), labels: summary.labels.shares }
}

/** The rows of a batch as a whole, as the artifact `drift` of its run has them. */
export function batchView(
  run: string,
  { summary, findings, level }: Judged & { level: string },
  hookCalls: readonly DriftHookCall[] = [],
): DriftView {
  const head = [`${level}: ${summary.rows} rows that were scored, against ${summary.referenceRows} of training.`]
  const nothing = { window: null, windows: [], breaches: [], hookCalls, performance: null }
  const rows = rowsOf({ summary, findings }, [summary])
  return { ...nothing, title: `Drift of the batch ${run}`, head, rows, labels: summary.labels.shares }
}

type Judged = { summary: Summary; findings: readonly DriftFinding[] }

function rowsOf(judged: Judged, history: readonly Summary[]): DriftRow[] {
  const { features, probabilities, labels } = judged.summary
  const rowOf = (subject: 'feature' | 'probability', drift: NumberDrift): DriftRow => ({
    ...{ subject, name: drift.name, level: levelOf(judged, subject, drift.name), drift },
    ...{ psi: drift.psi, psiByChance: drift.psiByChance },
    history: history.map((summary) => {
      const drifts = subject === 'feature' ? summary.features : summary.probabilities
      return drifts.find(({ name }) => name === drift.name)?.psi ?? null
    }),
  })
  const rows: DriftRow[] = [
    ...features.map((drift) => rowOf('feature', drift)),
    ...probabilities.map((drift) => rowOf('probability', drift)),
    {
      ...{ subject: 'label', name: '', level: levelOf(judged, 'label', ''), drift: null },
      ...{ psi: labels.psi, psiByChance: labels.psiByChance },
      history: history.map((summary) => summary.labels.psi),
    },
  ]
  return rows.sort((a, b) => RANK[b.level] - RANK[a.level] || (b.psi ?? -1) - (a.psi ?? -1))
}

function levelOf({ findings }: Judged, subject: DriftFinding['subject'], name: string): Level {
  const levels = findings.filter((each) => each.subject === subject && each.name === name).map(({ level }) => level)
  if (levels.includes('breach')) return 'breach'
  return levels.length > 0 ? 'warn' : 'ok'
}

/** `2026-05-01 12:00:05`, in UTC. */
export const timeText = (timestamp: string): string => timestamp.slice(0, 19).replace('T', ' ')

/** What a row is called. */
export const nameOf = ({ subject, name }: Pick<DriftRow, 'subject' | 'name'>): string => {
  if (subject === 'label') return 'labels'
  return subject === 'probability' ? `P(${name})` : name
}
