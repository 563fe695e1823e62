import { failureMessage } from './failure-message.ts'

/** Ends a run for what was thrown where nobody waits for it. `cause` is what was thrown. */
export class StrayError extends Error {
  constructor(thrown: unknown, runningSteps: readonly string[]) {
    const said = failureMessage(thrown, 'Code of the project')
    super(`While ${subject(runningSteps)} ran, something threw where nobody waits for it, as a timer does: ${said}`, {
      cause: thrown,
    })
  }
}

const subject = (steps: readonly string[]) =>
  steps.length === 0 ? 'no step' : `${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}`
