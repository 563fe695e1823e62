import { setTimeout as sleep } from 'node:timers/promises'
import type { ArtifactRef } from '@airlock-ml/contract'
import type { GraphStep } from '../compile/graph.ts'
import { callBody } from './call-body.ts'
import { failureMessage } from './failure-message.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { RunSession } from './run-session.ts'
import { StepJournal } from './step-journal.ts'
import { timeLimit } from './time-limit.ts'

/** A step that was started: what it reads, and the journal of the attempt that runs. */
export interface StartedStep {
  readonly inputs: Readonly<Record<string, ArtifactRef>>
  /** Another for each attempt: what one that was left behind still says is not the next one's. */
  journal: StepJournal
}

/**
 * Calls the body of a step until it returns, or fails once more than its retry allows; each time with inputs read anew,
 * and each attempt that failed recorded before the next begins. Answers with what it returned.
 */
export async function runAttempts(session: RunSession, planned: GraphStep, started: StartedStep): Promise<unknown> {
  const { name, retry, timeoutMs } = planned.step
  for (let attempt = 1; ; attempt++) {
    const { signal, clear } = timeLimit(session.stop, { timeoutMs, step: name })
    const call = await callBody(session, planned, { ...started, signal }).finally(clear)
    if ('returned' in call) return call.returned
    session.stop.throwIfAborted()
    const delayMs = retryDelayMs(call.thrown, { retry, attempt, random: session.random })
    if (delayMs === null) throw call.thrown
    await recordAttempt(session, started.journal, { attempt, delayMs, thrown: call.thrown })
    started.journal = new StepJournal(session, name)
    session.journals.add(started.journal)
    // An abort is told by its reason.
    await sleep(delayMs, undefined, { signal: session.stop }).catch(() => {})
    session.stop.throwIfAborted()
  }
}

async function recordAttempt(
  session: RunSession,
  journal: StepJournal,
  { attempt, delayMs, thrown }: { attempt: number; delayMs: number; thrown: unknown },
): Promise<void> {
  const { client, held, leaseToken } = session
  const error = failureMessage(thrown, `Step "${journal.step}"`)
  journal.log.warn(`Attempt ${attempt} failed; the next begins in ${delayMs} ms: ${error}`)
  session.journals.delete(journal)
  const logs = await journal.close()
  await client.retryStep({ ...held, step: journal.step, body: { leaseToken, error, delayMs, logs } })
  session.emit({ type: 'step-retried', step: journal.step, attempt, delayMs, message: error })
}
