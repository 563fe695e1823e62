import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@airlock-ml/client'
import type { ServiceReport } from '@airlock-ml/contract'
import type { ShadowState } from '../live/shadow.ts'
import { type CarryOutOptions, carryOut, type Followed, retreatNow } from './carry-out.ts'
import { openTrouble } from './open-trouble.ts'
import { reportOfAll } from './service-report.ts'

/** The workspace for one exchange with it; it may come and go. */
export type Contact = <T>(talk: (client: Client) => Promise<T>) => Promise<T>

export type FollowOptions = Omit<CarryOutOptions, 'now'> & {
  project: string
  deployment: string
  contact: Contact
  /** What is told beside what the service counts itself. */
  logCounts: () => Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>
  /** What a shadow did, and why it is asked no more. */
  shadow?: () => ShadowState
  /** Called once when there is nothing to follow any more, because the deployment was deleted. */
  onOver: (why: string) => void
  /** Where several processes are one service: one of them speaks for all. Default: this one, for itself. */
  team?: Team
  now?: () => Date
  /** How long a running service answers on that the workspace refuses. Default: 10 minutes. */
  refusedGraceMs?: number
  /** How long one question waits at the workspace for something new. Default: 20 s. */
  waitMs?: number
}

/** The processes that share the port of one service. */
export type Team = {
  /** Whether this process reports to the workspace. */
  isLead: boolean
  /** What the others said last. */
  others: () => readonly ServiceReport[]
  /** Told what this process would report, about once a second. */
  tell: (own: ServiceReport) => void
}

export type Following = {
  /** What the service would report now. */
  report: () => ServiceReport
  /** Takes out at once what is held back by now. */
  retreat: () => Promise<void>
  /** Says a last word to the workspace, if it is there, and follows no more. */
  stop: () => Promise<void>
}

const WAIT_MS = 20_000
/** A workspace that has not answered after so many times the wait is away, whatever its connection says. */
const LATE = 1.5
const FIRST_ANSWER_MS = 10_000
const REPORT_EVERY_MS = 5_000
const TELL_TEAM_EVERY_MS = 500
const FIRST_RETRY_MS = 500
const MOST_RETRY_MS = 5_000
/** A start is not held up longer by a workspace that is away. */
const FIRST_ASK_MS = 5_000
/** A last word to a workspace that is away is not waited for. */
const LAST_WORD_MS = 2_000
/** The others of a team have this long to carry out the same, before it is reported. */
const TEAM_MS = 3_000
const REFUSED_GRACE_MS = 600_000

/**
 * Keeps a service at what its deployment asks for. What it was told last is carried out first, from its own copies, so
 * that it answers also while the workspace is away; then it asks the workspace, and each change is carried out between
 * two requests. What cannot be carried out is reported as its fault and tried again; until then whoever answers goes on.
 * Resolves when what was kept is carried out, or, where nothing sound was kept, when the workspace was asked once.
 *
 * A workspace that is away is no reason to stop, but one that refuses the service is: at once where it has not yet taken
 * this process, else after `refusedGraceMs`, in which a replaced secret can be brought to it.
 */
export async function followTarget(options: FollowOptions): Promise<Following> {
  const { contact, kept, project, deployment, now = () => new Date(), team } = options
  const carrying = { ...options, now }
  const stopping = new AbortController()
  const { signal } = stopping
  const startedAt = now().toISOString()
  const state: Followed = { target: null, line: null, loaded: new Map(), previous: null, fault: null, lastSwap: null }
  const address = { project, deployment }
  const own = () => ownReport(state, options, startedAt)
  const report = () => reportOfAll(own(), team?.others() ?? [])
  const trouble = openTrouble(state, carrying, { graceMs: options.refusedGraceMs ?? REFUSED_GRACE_MS, signal })

  const before = await kept.read()
  if (before)
    await carryOut(state, carrying, { target: before, client: null }).catch((error: unknown) =>
      trouble.cannotStart('what it kept cannot be carried out', error),
    )
  team?.tell(own())

  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }
  let tellSoon = () => {}
  let isFirst = true
  const tell = async () => {
    team?.tell(own())
    if (team && !team.isLead) return
    const late = AbortSignal.timeout(FIRST_ANSWER_MS)
    await contact((client) => client.reportService({ ...address, body: report() }, { signal: late })).catch(() => {})
  }
  const carry = async (client: Client) => {
    const known = state.fault === null ? state.target?.revision : undefined
    const waitMs = isFirst ? 0 : (options.waitMs ?? WAIT_MS)
    const late = AbortSignal.timeout(known && waitMs > 0 ? waitMs * LATE : FIRST_ANSWER_MS)
    const heardBy = AbortSignal.any([signal, late])
    isFirst = false
    const asked = client.showDeploymentTarget({ ...address, ...(known && { known, waitMs }) }, { signal: heardBy })
    const target = await unlessAborted(asked, heardBy)
    trouble.isThere()
    if (target.revision === known) return
    await inTurn(() => carryOut(state, carrying, { target, client }))
    state.fault = null
    await teamHas(target.revision, team, signal)
    tellSoon()
  }
  const askOnce = () => contact(carry).then(() => true, trouble.heard)

  let asked = askOnce()
  const first = asked
  const asking = (async () => {
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted; asked = askOnce()) {
      const isWell = await asked
      if (trouble.isOver()) return
      if (isWell) retryMs = FIRST_RETRY_MS
      else await pause(retryMs, signal)
      if (!isWell) retryMs = Math.min(retryMs * 2, MOST_RETRY_MS)
      if (signal.aborted) return
    }
  })()
  const reporting = (async () => {
    await first
    while (!signal.aborted && !trouble.isOver()) {
      await tell()
      await Promise.race([pause(REPORT_EVERY_MS, signal), new Promise<void>((resolve) => (tellSoon = resolve))])
    }
  })()
  const teamTimer = team && setInterval(() => team.tell(own()), TELL_TEAM_EVERY_MS)
  if (!before || state.fault !== null) await Promise.race([first, pause(FIRST_ASK_MS, signal)])
  return {
    report,
    retreat: async () => {
      retreatNow(state, carrying)
      const { line: target } = state
      if (target) await inTurn(() => carryOut(state, carrying, { target, client: null }))
      tellSoon()
    },
    stop: async () => {
      stopping.abort()
      clearInterval(teamTimer)
      await asking
      const lastWord = () =>
        contact((client) => client.reportService({ ...address, body: { ...report(), stopping: true } })).catch(() => {})
      const speaks = !trouble.isOver() && (team?.isLead ?? true)
      await Promise.race([
        reporting.then(() => (speaks ? lastWord() : null)),
        sleep(LAST_WORD_MS, null, { ref: false }),
      ])
    },
  }
}

function ownReport(state: Followed, { service, logCounts, shadow }: FollowOptions, startedAt: string): ServiceReport {
  const champion = service.router.champion()
  const beside = shadow?.()
  return {
    url: service.url,
    pid: process.pid,
    number: champion?.number ?? null,
    digest: champion?.digest ?? null,
    challengerNumber: state.target?.challenger?.version.number ?? null,
    revision: state.target?.revision ?? null,
    fault: state.fault ?? beside?.fault ?? null,
    startedAt,
    stopping: false,
    counts: { ...service.counters.counts, ...logCounts() },
    shadow: beside && beside.number !== null ? beside.counts : null,
    lastSwap: state.lastSwap,
  }
}

/** So that what is said of a swap is said of all. */
async function teamHas(revision: string, team: Team | undefined, signal: AbortSignal): Promise<void> {
  if (!team?.isLead) return
  const until = performance.now() + TEAM_MS
  while (performance.now() < until && !signal.aborted) {
    if (team.others().every((each) => each.revision === revision)) return
    await pause(50, signal)
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {})

/** As `promise`, but no longer than until the abort. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop))
}
