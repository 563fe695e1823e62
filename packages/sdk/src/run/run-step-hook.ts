import type { HookRun } from '@airlock-ml/contract'
import type { GraphStep } from '../compile/graph.ts'
import { hookSettings } from '../define/step-hooks.ts'
import { failureMessage } from './failure-message.ts'
import type { RunSession } from './run-session.ts'
import type { StepHookEvent } from './step-hook.ts'
import type { StepJournal } from './step-journal.ts'
import { untilStopped } from './until-stopped.ts'

/** What a hook of a step is told of what happened. */
export type StepOccasion = Pick<StepHookEvent, 'on' | 'error' | 'outputs'>

/** Calls the hook that a step has for an occasion; null where it has none. What it throws is its outcome. */
export async function runStepHook(
  session: RunSession,
  { hooks = {} }: Pick<GraphStep, 'hooks'>,
  { journal, ...occasion }: StepOccasion & { journal: StepJournal },
): Promise<HookRun | null> {
  const { on } = occasion
  const call = hooks[on]
  if (!call) return null
  const name = hookSettings[on]
  const hook: HookRun = { name, on, outcome: 'done', error: null }
  const { info: run, now, stop: signal } = session
  const metadata = structuredClone(journal.metadata)
  const event: StepHookEvent = { ...occasion, run, step: journal.step, metadata, log: journal.log, now, signal }
  try {
    await untilStopped(signal, async () => await call(event))
  } catch (thrown) {
    hook.outcome = 'failed'
    hook.error = failureMessage(thrown, `The ${name} of step "${journal.step}"`)
    journal.log.error(`${name} failed: ${hook.error}`)
  }
  session.emit({ type: 'hook', step: journal.step, hook })
  return hook
}
