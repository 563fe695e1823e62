import { setTimeout as sleep } from 'node:timers/promises'
import { type DriftHookCall, type DriftHookEnd, isPlatformError } from '@airlock-ml/contract'
import { callDriftHook } from '@airlock-ml/sdk'
import type { ServiceLog } from '../answer/serving.ts'
import type { Contact } from '../follow/follow-target.ts'

export type DriftHooksOptions = {
  project: string
  deployment: string
  contact: Contact
  log: ServiceLog
  /** The code that was deployed, which has the hooks. */
  codeDir: string
  /** What of it is a hook: the paths that the snapshot names. */
  hooks: readonly string[]
  /** Default: half a minute. */
  lookEveryMs?: number
  /** Default: a minute. */
  timeoutMs?: number
}

/** Calls the drift hooks that wait at the workspace, in processes of their own. */
export type DriftHooks = {
  /** Looks now: a window was just judged. */
  look: () => void
  /** Ends a hook that runs, and says so to the workspace if it is there. */
  close: () => Promise<void>
}

const LOOK_EVERY_MS = 30_000
const RETRY_MS = 1_000
const MOST_RETRIES = 5

/**
 * Only one process of a service does this. The workspace gives each call once, so that a hook which was begun is not
 * called again after a restart, and one that waits is called then. A workspace that is away is asked again later.
 */
export function runDriftHooks(options: DriftHooksOptions): DriftHooks {
  const { project, deployment, contact, log, hooks, lookEveryMs = LOOK_EVERY_MS } = options
  const stopping = new AbortController()
  const address = { project, deployment }

  const tellEnd = async (callId: string, end: DriftHookEnd) => {
    for (let tries = 1; ; tries++) {
      try {
        await contact((client) => client.endDriftHook({ ...address, callId, body: end }))
        return
      } catch (error) {
        const isRefused = isPlatformError(error) && error.status < 500 && error.status !== 429
        if (isRefused || tries > MOST_RETRIES || stopping.signal.aborted) throw error
        await sleep(RETRY_MS * tries, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      }
    }
  }
  const callOne = async (call: DriftHookCall) => {
    const { hook } = call
    const end = hooks.includes(hook)
      ? await callDriftHook({
          ...{ call, project, projectDir: options.codeDir, signal: stopping.signal },
          ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
          onLine: ({ level, message, fields }) => log[level === 'debug' ? 'info' : level]({ ...fields, hook }, message),
        })
      : { outcome: 'failed' as const, error: 'The code that answers has no such drift hook.', hookDigest: null }
    const level = end.outcome === 'done' ? 'info' : 'error'
    log[level](
      { hook, call: call.id, error: end.error },
      `a drift hook ${end.outcome === 'done' ? 'is done' : end.outcome}`,
    )
    await tellEnd(call.id, end)
  }
  const lookOnce = async () => {
    while (!stopping.signal.aborted) {
      const { call } = await contact((client) => client.claimDriftHook(address))
      if (!call) return
      await callOne(call)
    }
  }
  let looking: Promise<void> | null = null
  let again = false
  const look = () => {
    again = true
    looking ??= (async () => {
      while (again && !stopping.signal.aborted) {
        again = false
        await lookOnce().catch((error: unknown) => log.warn({ error }, 'drift hooks could not be looked for'))
      }
    })().finally(() => (looking = null))
  }
  const timer = hooks.length === 0 ? undefined : setInterval(look, lookEveryMs).unref()
  if (hooks.length > 0) look()
  return {
    look: () => hooks.length > 0 && look(),
    close: async () => {
      clearInterval(timer)
      stopping.abort(new Error('The service stopped.'))
      await looking
    },
  }
}
