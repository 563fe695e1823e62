import type { ArtifactRef, HookRun, RunError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { GraphStep } from '../compile/graph.ts'
import { failureLine, failureMessage } from './failure-message.ts'
import { reuseEarlier } from './reuse-earlier.ts'
import { runAttempts, type StartedStep } from './run-attempts.ts'
import { RunCancelled } from './run-cancelled.ts'
import { isLeaseLost, type RunSession } from './run-session.ts'
import { runStepHook } from './run-step-hook.ts'
import { skipReason } from './skip-reason.ts'
import { StepJournal } from './step-journal.ts'
import { StrayError } from './stray-error.ts'
import { writeOutputs } from './write-outputs.ts'

/** How a step ended. */
export type StepOutcome =
  | { readonly status: 'done' | 'skipped' }
  | { readonly status: 'failed'; readonly error: RunError }

/**
 * Skips one step, takes over what it made before, or runs it, and records that: its start, its bytes, and in one call its
 * end with metadata and the rest of its log. `skippedBy` is a step that it depends on and that was skipped. Never
 * rejects.
 */
export async function executeStep(session: RunSession, planned: GraphStep, skippedBy?: string): Promise<StepOutcome> {
  const { name: step } = planned.step
  const startedAt = performance.now()
  const attempts: { journal: StepJournal; started?: StartedStep } = { journal: new StepJournal(session, step) }
  const hooks: HookRun[] = []
  try {
    const reason = await skipReason(session, planned, skippedBy)
    if (reason !== null) return await skip(session, step, reason)
    const found = await session.cache?.lookUp(planned)
    const reused = found?.state === 'cached' ? found : await reuseEarlier(session, step, attempts.journal)
    if (reused) {
      session.outputs.set(step, reused.outputs)
      session.emit({ type: 'step-cached', step, fromRunId: reused.fromRunId, outputs: reused.outputs })
      return { status: 'done' }
    }
    session.emit({ type: 'step-started', step })
    attempts.started = await start(session, attempts.journal)
    if (found?.state === 'new' && found.refused !== null) attempts.journal.log.warn(`Not cached: ${found.refused}.`)
    const outputs = await doStep(session, planned, attempts.started, { cacheKey: found?.key, hooks })
    session.outputs.set(step, outputs)
    session.emit({ type: 'step-completed', step, durationMs: performance.now() - startedAt, outputs })
    return { status: 'done' }
  } catch (error) {
    session.noticeEnd(error)
    const { started } = attempts
    const journal = started?.journal ?? attempts.journal
    const isCancelled = session.stop.reason instanceof RunCancelled
    const thrown = isCancelled ? session.stop.reason : error
    const who = `Step "${step}"`
    const message = failureMessage(thrown, who)
    const said = thrown instanceof StrayError ? thrown.cause : thrown
    if (said instanceof Error && said !== session.stop.reason) {
      const line = failureLine(said, who)
      journal.log.error(line.message, line.fields)
    }
    if (started && !session.stop.aborted) {
      const failed = { journal, on: 'failure', error: message, outputs: {} } as const
      hooks.push(...present(await runStepHook(session, planned, failed)))
    }
    session.journals.delete(journal)
    const status = isCancelled ? 'cancelled' : 'failed'
    if (started && !isLeaseLost(session.stop.reason))
      await recordFailure(session, journal, { status, error: message, hooks })
    session.emit({ type: `step-${status}`, step, durationMs: performance.now() - startedAt, message })
    return { status: 'failed', error: { step, message } }
  } finally {
    session.journals.delete(attempts.started?.journal ?? attempts.journal)
  }
}

async function skip({ client, held, leaseToken, emit }: RunSession, step: string, reason: string) {
  await client.skipStep({ ...held, step, body: { leaseToken, reason } })
  emit({ type: 'step-skipped', step, reason })
  return { status: 'skipped' } as const
}

async function start(session: RunSession, journal: StepJournal): Promise<StartedStep> {
  const { client, held, leaseToken } = session
  const { inputs } = await client.startStep({ ...held, step: journal.step, body: { leaseToken } })
  await crashPoint('run:step-started')
  session.journals.add(journal)
  return { inputs, journal }
}

async function doStep(
  session: RunSession,
  planned: GraphStep,
  started: StartedStep,
  { cacheKey, hooks }: { cacheKey: string | undefined; hooks: HookRun[] },
): Promise<Readonly<Record<string, ArtifactRef>>> {
  const { client, held, leaseToken } = session
  const { name } = planned.step
  const returned = await runAttempts(session, planned, started)
  const outputs = await writeOutputs(session, { name, outputs: planned.definition.outputs }, returned)
  const { journal } = started
  const hook = await runStepHook(session, planned, { journal, on: 'success', error: null, outputs })
  hooks.push(...present(hook))
  session.stop.throwIfAborted()
  if (hook?.outcome === 'failed') throw new Error(`The onSuccess of step "${name}" failed: ${hook.error}`)
  session.journals.delete(journal)
  const logs = await journal.close()
  session.stop.throwIfAborted()
  const body = {
    leaseToken,
    outputs,
    metadata: journal.metadata,
    hooks,
    logs,
    ...(cacheKey !== undefined && { cacheKey }),
  }
  const completed = await client.completeStep({ ...held, step: name, body })
  await crashPoint('run:step-completed')
  return completed.outputs
}

const present = (hook: HookRun | null): HookRun[] => (hook ? [hook] : [])

/** The run fails in any case and takes its running steps with it, so a failure that cannot be recorded here is not lost. */
async function recordFailure(
  session: RunSession,
  journal: StepJournal,
  failure: { status: 'failed' | 'cancelled'; error: string; hooks: HookRun[] },
): Promise<void> {
  const { client, held, leaseToken } = session
  try {
    const logs = await journal.close()
    const body = { leaseToken, ...failure, metadata: journal.metadata, logs }
    await client.failStep({ ...held, step: journal.step, body })
  } catch (failed) {
    session.noticeEnd(failed)
  }
}
