import type { StepHook, StepHooks } from '../run/step-hook.ts'
import { showValue } from '../show-value.ts'
import { invalid } from './check-names.ts'

/** What authors write for each occasion. */
export const hookSettings = { success: 'onSuccess', failure: 'onFailure' } as const

/** The occasions, in the order in which a snapshot names them. */
export const hookOccasions = ['success', 'failure'] as const

/** The hooks that a step or a call of one gives. Throws `pipeline_invalid` for what is no function. */
export function stepHooksOf(given: object, who: string): StepHooks {
  const hooks: { success?: StepHook; failure?: StepHook } = {}
  for (const on of hookOccasions) {
    const setting = hookSettings[on]
    const hook = (given as Record<string, unknown>)[setting]
    if (hook === undefined) continue
    if (typeof hook !== 'function') throw invalid(`${who}: its ${setting} must be a function, got ${showValue(hook)}.`)
    hooks[on] = hook as StepHook
  }
  return hooks
}
