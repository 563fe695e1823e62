import type { ServedVersion } from '@airlock-ml/contract'
import { type DriftSummary, type DriftVerdict, DriftWindow, type ReferenceProfile } from '@airlock-ml/tabular'
import type { AnsweredBatch } from '../answer/answered-batch.ts'

/** Rows that were held together, from when to when. */
export type ClosedWindow = {
  version: ServedVersion
  role: AnsweredBatch['role']
  startedAtMs: number
  endedAtMs: number
  summary: DriftSummary
}

/** A window with what is to be said of it by the limits that were in force when it was closed. */
export type JudgedWindow = ClosedWindow & { id: string; verdict: DriftVerdict }

/** The window that is open of one version in one role. */
export type WatchedVersion = {
  rows: () => number
  startedAtMs: () => number
  add: (batch: AnsweredBatch) => void
  /** Not while the one before waits to be compared. */
  canClose: () => boolean
  /** What is to be worked out once there is time for it: the window goes on empty at once. */
  close: () => () => ClosedWindow
}

/** Two windows take turns, so that closing one makes nothing new. */
export function watchVersion(
  profile: ReferenceProfile,
  { version, role, featureNames, classLabels }: Omit<AnsweredBatch, 'ids' | 'rows'>,
  now: () => number,
): WatchedVersion {
  let [open, spare] = [0, 1].map(() => new DriftWindow(profile, { featureNames, classLabels })) as [
    DriftWindow,
    DriftWindow,
  ]
  let startedAtMs = now()
  return {
    rows: () => open.rows,
    startedAtMs: () => startedAtMs,
    add: (batch) => open.add(batch),
    canClose: () => spare.rows === 0,
    close: () => {
      const endedAtMs = now()
      const about = { version, role, startedAtMs, endedAtMs }
      const full = open
      open = spare
      spare = full
      startedAtMs = endedAtMs
      return () => {
        const summary = full.compare()
        full.clear()
        return { ...about, summary }
      }
    },
  }
}
