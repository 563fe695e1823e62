import type { DriftHookEnd } from '@airlock-ml/contract'
import type { DriftHookFile } from '../run/hook.ts'
import type { RunSession } from '../run/run-session.ts'
import { stepLog } from '../run/step-journal.ts'
import { callDriftHook } from './call-drift-hook.ts'

/**
 * Calls the drift hooks that wait of this run, and of those that it retries, one after the other. What goes wrong stops
 * nothing: it is recorded of the hook, or what waits goes on waiting.
 */
export async function callDriftHooks(session: RunSession, hooks: readonly DriftHookFile[]): Promise<void> {
  const mayWait = session.driftReports.size > 0 || session.retryOf !== null
  if (hooks.length === 0 || !mayWait) return
  try {
    while (await callNext(session, hooks)) session.stop.throwIfAborted()
  } catch (error) {
    session.noticeEnd(error)
  }
}

/** Whether there was one. */
async function callNext(session: RunSession, hooks: readonly DriftHookFile[]): Promise<boolean> {
  const { client, held, leaseToken, info, now, emit } = session
  const { call } = await client.claimRunDriftHook({ ...held, body: { leaseToken } })
  if (!call) return false
  const log = stepLog(now, (line) => emit({ type: 'log', step: null, line }))
  const file = hooks.find(({ name }) => name === call.hook)
  const end: DriftHookEnd = file
    ? await callDriftHook({
        ...{ call, project: info.project, projectDir: file.projectDir },
        // A run that was cancelled meanwhile has found what it has found.
        signal: session.stop.aborted ? new AbortController().signal : session.stop,
        onLine: ({ level, message, fields }) => log[level](message, fields),
      })
    : { outcome: 'failed', error: 'It is none of the drift hooks of this project.', hookDigest: null }
  emit({ type: 'drift-hook', hook: { name: call.hook, ...end } })
  await client.endRunDriftHook({ ...held, callId: call.id, body: { leaseToken, ...end } })
  return true
}
