import type { ServedVersion } from '@airlock-ml/contract'
import {
  type DriftCounts,
  type DriftSummary,
  type DriftVerdict,
  DriftWindow,
  type ReferenceProfile,
} from '@airlock-ml/tabular'
import type { AnsweredBatch } from '../answer/answered-batch.ts'

/** Rows that were held together, from when to when. */
export type ClosedWindow = {
  version: ServedVersion
  role: AnsweredBatch['role']
  startedAtMs: number
  endedAtMs: number
  /** How many processes of the service they come from. */
  processes: number
  summary: DriftSummary
}

/** A window with what is to be said of it by the limits that were in force when it was closed. */
export type JudgedWindow = ClosedWindow & { id: string; verdict: DriftVerdict }

/** Which rows a window is of, and how they lie. */
export type WatchedShape = Pick<AnsweredBatch, 'version' | 'role' | 'featureNames' | 'classLabels'>

/** What one process counted, as plain JSON. */
export type WindowPart = WatchedShape & { startedAtMs: number; counts: DriftCounts }

/** The window that is open of one version in one role. */
export type WatchedVersion = {
  version: ServedVersion
  /** How many a row has. */
  features: number
  rows: () => number
  startedAtMs: () => number
  add: (batch: AnsweredBatch) => void
  /** Adds what another process counted. */
  merge: (part: WindowPart, from: number) => void
  /** What was counted, for another process: the window goes on empty. */
  take: () => WindowPart
  /** Not while the one before waits to be compared. */
  canClose: () => boolean
  /** What is to be worked out once there is time for it: the window goes on empty at once. */
  close: () => () => ClosedWindow
}

/** Two windows take turns, so that closing one makes nothing new. */
export function watchVersion(
  profile: ReferenceProfile,
  { version, role, featureNames, classLabels }: WatchedShape,
  now: () => number,
): WatchedVersion {
  let [open, spare] = [0, 1].map(() => new DriftWindow(profile, { featureNames, classLabels })) as [
    DriftWindow,
    DriftWindow,
  ]
  let startedAtMs = now()
  let others = new Set<number>()
  return {
    version,
    features: featureNames.length,
    rows: () => open.rows,
    startedAtMs: () => startedAtMs,
    add: (batch) => open.add(batch),
    merge: (part, from) => {
      // What it counted before this window began it counted while nobody asked.
      startedAtMs = Math.min(startedAtMs, part.startedAtMs)
      open.addCounts(part.counts)
      others.add(from)
    },
    take: () => {
      const part = { version, role, featureNames, classLabels, startedAtMs, counts: open.counts() }
      open.clear()
      startedAtMs = now()
      return part
    },
    canClose: () => spare.rows === 0,
    close: () => {
      const endedAtMs = now()
      const about = { version, role, startedAtMs, endedAtMs, processes: 1 + others.size }
      const full = open
      open = spare
      spare = full
      startedAtMs = endedAtMs
      others = new Set()
      return () => {
        const summary = full.compare()
        full.clear()
        return { ...about, summary }
      }
    },
  }
}
