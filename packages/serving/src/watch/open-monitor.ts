import type { DeploymentTarget, MonitoringSettings, ServedVersion, WindowReport } from '@airlock-ml/contract'
import { judgeDrift, type ReferenceProfile } from '@airlock-ml/tabular'
import { V7Generator } from 'uuidv7'
import type { AnsweredBatch, Observer } from '../answer/answered-batch.ts'
import { exposeDrift, type Watching } from './expose-drift.ts'
import { readProfile } from './read-profile.ts'
import { type ReportingOptions, reportWindows } from './report-windows.ts'
import { type ClosedWindow, type JudgedWindow, type WatchedVersion, watchVersion } from './watched-version.ts'

export type MonitorOptions = ReportingOptions & {
  /** Number of this process among those of the service. */
  process: number
  now?: () => Date
  newId?: () => string
}

/** Watches what a service answers, and holds it against what was met at training. */
export type Monitor = Observer & {
  /** Takes over settings, and profiles of versions it did not know. Never rejects: a service answers without, too. */
  follow: (
    target: Pick<DeploymentTarget, 'settings' | 'champion' | 'challenger'>,
    bytesOf: (version: ServedVersion, role: string) => Promise<Uint8Array>,
  ) => Promise<void>
  /** Shows it to Prometheus, and counts what is refused. */
  expose: (service: Watching) => void
  /** What is in breach in the latest judged window of a version that answers beside the champion, and not in his. */
  driftBeside: (versionId: string) => readonly string[]
  /** The latest windows of this process, latest last. */
  recent: () => readonly JudgedWindow[]
  close: () => Promise<void>
}

const KEPT = 20
const LOOK_EVERY_MS = 250
const READ_AGAIN_MS = 30_000
const LAST_WORD_MS = 2_000

/**
 * Opens a monitor. Each batch costs some additions; windows are compared between two turns of the event loop, and
 * brought to the workspace as it is there. A version without a profile is not watched, and its rows are counted.
 */
export function openMonitor(options: MonitorOptions): Monitor {
  const { log, process, now = () => new Date() } = options
  const ids = new V7Generator()
  const newId = options.newId ?? (() => ids.generate().toString())
  const reporting = reportWindows(options)
  const profiles = new Map<string, ReferenceProfile>()
  const windows = new Map<string, WatchedVersion>()
  const recent: JudgedWindow[] = []
  /** The latest of each version in use and role; a canary's are fewer than the champion's. */
  const latest = new Map<string, JudgedWindow>()
  /** Windows that are closed and not compared yet. */
  const unfinished = new Set<() => void>()
  let settings: MonitoringSettings | null = null
  /** Asks again for profiles that could not be read; null where there are none. */
  let readAgain: { at: number; read: () => Promise<void> } | null = null
  let closed = 0
  let unwatchedRows = 0
  let refused = () => 0
  let refusedBefore = 0

  const judge = (window: ClosedWindow) => {
    if (!settings) return
    const before = latest.get(keyOf(window))
    const judged = { ...window, id: newId(), verdict: judgeDrift(window.summary, settings) }
    recent.push(judged)
    if (judged.verdict.level !== 'too-few' && profiles.has(window.version.id)) latest.set(keyOf(judged), judged)
    if (recent.length > KEPT) recent.shift()
    closed++
    // Once for each drift: metrics and the workspace say how it goes on.
    if (judged.verdict.level === 'breach' && before?.verdict.level !== 'breach')
      log.warn(
        { version: window.version.number, findings: judged.verdict.findings.slice(0, 5) },
        'what comes in is not what the version was trained for',
      )
    const refusedNow = refused()
    reporting.add(judged.id, reportOf(window, { process, refused: refusedNow - refusedBefore }))
    refusedBefore = refusedNow
  }
  const closeWindow = (window: WatchedVersion) => {
    if (!window.canClose()) return
    const compare = window.close()
    const finish = () => {
      if (unfinished.delete(finish)) judge(compare())
    }
    unfinished.add(finish)
    setImmediate(finish)
  }
  const openWindow = (batch: AnsweredBatch): WatchedVersion | undefined => {
    const profile = profiles.get(batch.version.id)
    if (!profile) return undefined
    const window = watchVersion(profile, batch, () => now().getTime())
    windows.set(keyOf(batch), window)
    return window
  }
  const timer = setInterval(() => {
    if (!settings) return
    if (readAgain && now().getTime() >= readAgain.at) void readAgain.read()
    const before = now().getTime() - settings.windowSeconds * 1_000
    for (const window of windows.values())
      if (window.startedAtMs() <= before && window.rows() >= settings.minRows) closeWindow(window)
  }, LOOK_EVERY_MS)
  timer.unref()

  const follow: Monitor['follow'] = async (target, bytesOf) => {
    settings = target.settings.monitoring
    readAgain = null
    const versions = [target.champion, target.challenger?.version].filter((version) => !!version)
    const inUse = new Set(versions.map(({ id }) => id))
    for (const id of profiles.keys()) if (!inUse.has(id)) profiles.delete(id)
    for (const key of latest.keys()) if (!inUse.has(key.split(' ')[1]!)) latest.delete(key)
    for (const [key, window] of windows) {
      if (inUse.has(key.split(' ')[1]!)) continue
      windows.delete(key)
      if (window.rows() > 0) closeWindow(window)
    }
    for (const version of versions) {
      if (profiles.has(version.id) || !version.artifacts.profile) continue
      try {
        profiles.set(version.id, readProfile(await bytesOf(version, 'profile')))
      } catch (error) {
        log.warn({ error, version: version.number }, 'the version is not watched: its profile cannot be read')
        readAgain = { at: now().getTime() + READ_AGAIN_MS, read: () => follow(target, bytesOf) }
      }
    }
  }
  return {
    observe: (batch) => {
      const window = windows.get(keyOf(batch)) ?? openWindow(batch)
      if (!window) {
        unwatchedRows += batch.rows
        return
      }
      window.add(batch)
      if (settings && window.rows() >= settings.windowRows) closeWindow(window)
    },
    follow,
    expose: (service) => {
      refused = () => service.counters.counts.refused
      exposeDrift(service, {
        latest: () => [...latest.values()],
        closed: () => closed,
        unwatchedRows: () => unwatchedRows,
        waiting: reporting.waiting,
        lost: reporting.lost,
      })
    },
    driftBeside: (versionId) => {
      const all = [...latest.values()]
      const theirs = all.find(({ role, version }) => role !== 'champion' && version.id === versionId)
      const ours = all.findLast(({ role }) => role === 'champion')
      if (!theirs || !ours) return []
      const known = new Set(breachesOf(ours))
      return breachesOf(theirs).filter((breach) => !known.has(breach))
    },
    recent: () => recent,
    close: async () => {
      clearInterval(timer)
      for (const finish of unfinished) finish()
      for (const window of windows.values()) if (window.rows() > 0) judge(window.close()())
      windows.clear()
      await reporting.close(LAST_WORD_MS)
    },
  }
}

const keyOf = ({ role, version }: Pick<AnsweredBatch, 'role' | 'version'>) => `${role} ${version.id}`

const breachesOf = ({ verdict }: JudgedWindow): string[] =>
  verdict.findings
    .filter(({ level }) => level === 'breach')
    .map(({ measure, subject, name }) => `${measure} of ${subject === 'feature' ? name : `${subject} ${name}`.trim()}`)

const reportOf = (
  { version, role, startedAtMs, endedAtMs, summary }: ClosedWindow,
  { process, refused }: Pick<WindowReport, 'process' | 'refused'>,
): WindowReport => ({
  ...{ number: version.number, digest: version.digest, role, process, refused, summary },
  startedAt: new Date(startedAtMs).toISOString(),
  endedAt: new Date(endedAtMs).toISOString(),
})
