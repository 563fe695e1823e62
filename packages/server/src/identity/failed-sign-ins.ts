import { setTimeout as sleep } from 'node:timers/promises'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { anonymous } from '../http/request-context.ts'

const WINDOW_MS = 60_000
/** Each recent failure makes the next one wait longer, up to a second: guessing gets slow, an honest slip does not. */
const DELAY_PER_FAILURE_MS = 20
const MAX_DELAY_MS = 1_000

/**
 * Counts sign-ins with wrong keys. The first is an event at once; those that follow within a minute are counted and
 * make one event together, so that strangers cannot fill the log. Each waits before it is answered; nobody else does.
 */
export function failedSignIns(deps: Deps): { failed: () => Promise<void> } {
  let windowStart = Number.NEGATIVE_INFINITY
  let count = 0
  const write = (failures: number, sinceMs: number) =>
    transact(deps.db, (tx) =>
      record(tx, deps, {
        type: 'authentication.failed',
        actor: anonymous,
        requestId: null,
        project: null,
        subject: { kind: 'workspace', id: deps.workspace.name },
        outcome: 'refused',
        after: { failures, since: new Date(sinceMs).toISOString() },
      }),
    )
  return {
    failed: async () => {
      const nowMs = deps.now().getTime()
      const isNewWindow = nowMs - windowStart >= WINDOW_MS
      if (isNewWindow) {
        const [before, sinceMs] = [count, windowStart]
        windowStart = nowMs
        count = 0
        if (before > 0) await write(before, sinceMs)
        await write(1, nowMs)
      } else count++
      await sleep(Math.min(MAX_DELAY_MS, DELAY_PER_FAILURE_MS * count))
    },
  }
}
