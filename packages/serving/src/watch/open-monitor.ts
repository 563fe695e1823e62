import type { DeploymentTarget, MonitoringSettings, ServedVersion, WindowReport } from '@airlock-ml/contract'
import { judgeDrift } from '@airlock-ml/tabular'
import { V7Generator } from 'uuidv7'
import type { Observer } from '../answer/answered-batch.ts'
import { exposeDrift, type Watching } from './expose-drift.ts'
import { leadWindows } from './lead-windows.ts'
import { keyOf, OpenWindows } from './open-windows.ts'
import { readProfile } from './read-profile.ts'
import { type ReportingOptions, reportWindows } from './report-windows.ts'
import type { WatchTeam } from './watch-team.ts'
import type { ClosedWindow, JudgedWindow, WatchedVersion } from './watched-version.ts'

export type MonitorOptions = ReportingOptions & {
  /** Number of this process among those of the service: 0 is the first. */
  process: number
  /** Those that share the port. Default: this process is alone. */
  team?: WatchTeam | undefined
  /** How often the first asks the others for what they counted. Default: each second, less often of many features. */
  askEveryMs?: number
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
  /** The latest windows that this process judged, latest last. */
  recent: () => readonly JudgedWindow[]
  close: () => Promise<void>
}

const KEPT = 20
const LOOK_EVERY_MS = 250
const ASK_EVERY_MS = 1_000
/** What a process sends of more features than this takes longer to write than it should each second. */
const FEATURES_A_SECOND = 500
/** For how many rounds the windows of a version that answers no more stay open: others may hear of it later. */
const LEAVING_ROUNDS = 2
const READ_AGAIN_MS = 30_000
const LAST_WORD_MS = 2_000
const LAST_COUNTS_MS = 1_000

/**
 * Opens a monitor. Each batch costs some additions; windows are compared between two turns of the event loop, and
 * brought to the workspace as it is there. Of several processes the first holds the windows of all together, so that
 * there is one of each version and role, and the others show what it found. A version without a profile is not watched,
 * and its rows are counted.
 */
export function openMonitor(options: MonitorOptions): Monitor {
  const { log, process, now = () => new Date(), team } = options
  const ids = new V7Generator()
  const newId = options.newId ?? (() => ids.generate().toString())
  const reporting = reportWindows(options)
  const windows = new OpenWindows(() => now().getTime())
  const isFirst = process === 0 || !team
  const recent: JudgedWindow[] = []
  /** The latest of each version in use and role; a canary's are fewer than the champion's. */
  const latest = new Map<string, JudgedWindow>()
  /** Windows that are closed and not compared yet. */
  const unfinished = new Set<() => void>()
  /** Versions that answer no more, and for how many rounds they are still asked for. */
  const leaving = new Map<string, number>()
  let settings: MonitoringSettings | null = null
  /** Asks again for profiles that could not be read; null where there are none. */
  let readAgain: { at: number; read: () => Promise<void> } | null = null
  let closed = 0
  let unwatchedRows = 0
  let refused = () => 0
  let refusedBefore = 0
  let refusedByOthers = 0
  let wasAsked = false

  const refusedSince = () => {
    const own = refused()
    const since = own - refusedBefore + refusedByOthers
    refusedBefore = own
    refusedByOthers = 0
    return since
  }
  const judge = (window: ClosedWindow) => {
    if (!settings) return
    const before = latest.get(keyOf(window))
    const judged = { ...window, id: newId(), verdict: judgeDrift(window.summary, settings) }
    recent.push(judged)
    if (judged.verdict.level !== 'too-few' && windows.knows(window.version.id)) latest.set(keyOf(judged), judged)
    if (recent.length > KEPT) recent.shift()
    closed++
    // Once for each drift: metrics and the workspace say how it goes on.
    if (judged.verdict.level === 'breach' && before?.verdict.level !== 'breach')
      log.warn(
        { version: window.version.number, findings: judged.verdict.findings.slice(0, 5) },
        'what comes in is not what the version was trained for',
      )
    reporting.add(judged.id, reportOf(window, refusedSince()))
    tellJudged()
  }
  const tellJudged = () => team?.send({ is: 'judged', latest: [...latest.values()], closed })
  const closeWindow = (window: WatchedVersion) => {
    if (window.rows() === 0 || !window.canClose()) return
    const compare = window.close()
    const finish = () => {
      if (unfinished.delete(finish)) judge(compare())
    }
    unfinished.add(finish)
    setImmediate(finish)
  }
  const closeDue = () => {
    if (!settings) return
    const { windowRows, windowSeconds, minRows } = settings
    const before = now().getTime() - windowSeconds * 1_000
    for (const window of windows.all)
      if (window.rows() >= windowRows || (window.startedAtMs() <= before && window.rows() >= minRows))
        closeWindow(window)
  }
  const leave = (versionId: string) => {
    leaving.delete(versionId)
    for (const key of latest.keys()) if (key.endsWith(versionId)) latest.delete(key)
    for (const window of windows.forget(versionId)) {
      if (isFirst) closeWindow(window)
      else unwatchedRows += window.rows()
    }
  }
  const lead =
    team && isFirst
      ? leadWindows({
          team,
          versions: () => windows.versions,
          merge: (part, from) => {
            const window = windows.of(part)
            if (window) window.merge(part, from)
            else unwatchedRows += part.counts.rows
          },
          refused: (count) => (refusedByOthers += count),
          joined: tellJudged,
          rounded: () => {
            closeDue()
            for (const [id, rounds] of leaving) {
              if (rounds > 1) leaving.set(id, rounds - 1)
              else leave(id)
            }
          },
        })
      : null
  const tellCounted = (versions: readonly string[], isLast = false) => {
    const parts = windows.take(versions)
    team?.send({ is: 'counted', from: process, parts, refused: refusedSince(), isFirst: !wasAsked, isLast })
    wasAsked = true
  }
  team?.onMessage((message) => {
    if (message.is === 'counted') return lead?.hear(message)
    if (isFirst) return
    if (message.is === 'ask') {
      tellCounted(message.versions)
      for (const id of leaving.keys()) if (!message.versions.includes(id)) leave(id)
      return
    }
    closed = message.closed
    latest.clear()
    for (const window of message.latest) latest.set(keyOf(window), window)
  })

  let askedAtMs = 0
  const askEveryMs = () => {
    const features = Math.max(0, ...windows.all.map(({ features }) => features))
    return (options.askEveryMs ?? ASK_EVERY_MS) * Math.max(1, features / FEATURES_A_SECOND)
  }
  const timer = setInterval(
    () => {
      if (!settings) return
      if (readAgain && now().getTime() >= readAgain.at) void readAgain.read()
      if (!team) closeDue()
      if (!lead || performance.now() - askedAtMs < askEveryMs()) return
      askedAtMs = performance.now()
      lead.ask()
    },
    Math.min(LOOK_EVERY_MS, options.askEveryMs ?? LOOK_EVERY_MS),
  )
  timer.unref()

  const follow: Monitor['follow'] = async (target, bytesOf) => {
    settings = target.settings.monitoring
    readAgain = null
    const versions = [target.champion, target.challenger?.version].filter((version) => !!version)
    const inUse = new Set(versions.map(({ id }) => id))
    for (const id of windows.versions) {
      if (inUse.has(id)) leaving.delete(id)
      else if (!team) leave(id)
      else if (!leaving.has(id)) leaving.set(id, LEAVING_ROUNDS)
    }
    for (const version of versions) {
      if (windows.knows(version.id) || !version.artifacts.profile) continue
      try {
        windows.learn(version.id, readProfile(await bytesOf(version, 'profile')))
      } catch (error) {
        log.warn({ error, version: version.number }, 'the version is not watched: its profile cannot be read')
        readAgain = { at: now().getTime() + READ_AGAIN_MS, read: () => follow(target, bytesOf) }
      }
    }
  }
  return {
    observe: (batch) => {
      const window = windows.of(batch)
      if (!window) {
        unwatchedRows += batch.rows
        return
      }
      window.add(batch)
      // Of several processes a window is closed when all were asked.
      if (!team && settings && window.rows() >= settings.windowRows) closeWindow(window)
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
      if (!isFirst) return tellCounted(windows.versions, true)
      await lead?.lastWords(LAST_COUNTS_MS)
      for (const finish of unfinished) finish()
      for (const window of windows.all) if (window.rows() > 0) judge(window.close()())
      for (const id of windows.versions) windows.forget(id)
      await reporting.close(LAST_WORD_MS)
    },
  }
}

const breachesOf = ({ verdict }: JudgedWindow): string[] =>
  verdict.findings
    .filter(({ level }) => level === 'breach')
    .map(({ measure, subject, name }) => `${measure} of ${subject === 'feature' ? name : `${subject} ${name}`.trim()}`)

const reportOf = (
  { version, role, startedAtMs, endedAtMs, processes, summary }: ClosedWindow,
  refused: number,
): WindowReport => ({
  ...{ number: version.number, digest: version.digest, role, processes, refused, summary },
  startedAt: new Date(startedAtMs).toISOString(),
  endedAt: new Date(endedAtMs).toISOString(),
})
