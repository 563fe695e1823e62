import type { HookRun, RunError } from '@airlock-ml/contract'
import { failureMessage } from './failure-message.ts'
import type { HookEvent, Hooks } from './hook.ts'
import type { RunSession } from './run-session.ts'
import { stepLog } from './step-journal.ts'
import { untilStopped } from './until-stopped.ts'

/** What is told to hooks besides the run. */
export interface HookOccasion {
  readonly on: HookEvent['on']
  readonly labels: Readonly<Record<string, string>>
  readonly error: RunError | null
}

/**
 * Runs the hooks of an occasion one after the other. On success the first that throws is the last that runs, for the
 * run has failed then; on failure each has its turn.
 */
export async function runHooks(session: RunSession, hooks: Hooks, occasion: HookOccasion): Promise<HookRun[]> {
  const log = stepLog(session.now, (line) => session.emit({ type: 'log', step: null, line }))
  const event: HookEvent = { ...occasion, run: session.info, log, now: session.now }
  const done: HookRun[] = []
  for (const { name, run } of hooks[occasion.on]) {
    const hook: HookRun = { name, on: occasion.on, outcome: 'done', error: null }
    try {
      // After a failure, which a cancellation is, every hook has its turn to its end.
      if (occasion.on === 'success') await untilStopped(session.stop, async () => await run(event))
      else await run(event)
    } catch (error) {
      hook.outcome = 'failed'
      hook.error = failureMessage(error, `Hook ${name}`)
    }
    session.emit({ type: 'hook', step: null, hook })
    done.push(hook)
    if (hook.outcome === 'failed' && occasion.on === 'success') break
  }
  return done
}
