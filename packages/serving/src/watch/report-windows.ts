import { setTimeout as sleep } from 'node:timers/promises'
import { isPlatformError, type WindowReport } from '@airlock-ml/contract'
import type { ServiceLog } from '../answer/serving.ts'
import type { Contact } from '../follow/follow-target.ts'

export type ReportingOptions = {
  project: string
  deployment: string
  contact: Contact
  log: ServiceLog
  /** Told when the workspace has judged a window: a breach may call hooks. */
  onJudged?: () => void
  /** Default: a second; each time twice as long, up to half a minute. */
  firstRetryMs?: number
}

/** Brings windows to the workspace, in their order, once it is there. */
export type Reporting = {
  add: (windowId: string, report: WindowReport) => void
  waiting: () => number
  /** Windows that were given up: too many waited, or the workspace does not take them. */
  lost: () => number
  /** Tries once more, and no longer than this. */
  close: (ms: number) => Promise<void>
}

/** While the workspace is away the latest so many wait for it. */
const MOST_WAITING = 200
const FIRST_RETRY_MS = 1_000
const MOST_RETRY_MS = 30_000

export function reportWindows(options: ReportingOptions): Reporting {
  const { project, deployment, contact, log, onJudged = () => {}, firstRetryMs = FIRST_RETRY_MS } = options
  const waiting: { windowId: string; body: WindowReport }[] = []
  const stopping = new AbortController()
  let lost = 0
  let sending: Promise<void> | null = null

  const sendFirst = async () => {
    const [first] = waiting
    if (!first) return
    try {
      await contact((client) => client.reportWindow({ project, deployment, ...first }))
      onJudged()
    } catch (error) {
      if (!isRefused(error)) throw error
      log.error({ error, window: first.windowId }, 'the workspace does not take a monitoring window')
      lost++
    }
    // It may have been given up meanwhile.
    const at = waiting.indexOf(first)
    if (at >= 0) waiting.splice(at, 1)
  }
  const sendAll = async () => {
    for (let retryMs = firstRetryMs; waiting.length > 0 && !stopping.signal.aborted; ) {
      try {
        await sendFirst()
        retryMs = firstRetryMs
      } catch (error) {
        log.warn({ error, waiting: waiting.length }, 'a monitoring window could not be reported; it is tried again')
        await sleep(retryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
        retryMs = Math.min(retryMs * 2, MOST_RETRY_MS)
      }
    }
  }
  return {
    add: (windowId, body) => {
      waiting.push({ windowId, body })
      if (waiting.length > MOST_WAITING) {
        waiting.shift()
        lost++
      }
      sending ??= sendAll().finally(() => (sending = null))
    },
    waiting: () => waiting.length,
    lost: () => lost,
    close: async (ms) => {
      stopping.abort()
      await Promise.race([sending, sleep(ms, undefined, { ref: false })])
      const rest = async () => {
        while (waiting.length > 0) await sendFirst()
      }
      await Promise.race([
        rest().catch((error: unknown) => log.warn({ error, lost: waiting.length }, 'windows were not reported')),
        sleep(ms, undefined, { ref: false }),
      ])
    },
  }
}

/** Whether asking again would not help. A secret can be replaced, and a busy workspace has time later. */
const isRefused = (error: unknown): boolean =>
  isPlatformError(error) && error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status)
