import { type ArtifactRef, isPlatformError } from '@airlock-ml/contract'
import type { RunSession } from './run-session.ts'
import type { StepJournal } from './step-journal.ts'

/** What an earlier run made, and which. */
export interface Reused {
  readonly fromRunId: string
  readonly outputs: Readonly<Record<string, ArtifactRef>>
}

/**
 * Takes over what a step made in the run that this one retries; null when it did not complete there. When its result can
 * no longer be taken, the log of the step says why and the step runs.
 */
export async function reuseEarlier(session: RunSession, step: string, journal: StepJournal): Promise<Reused | null> {
  const { client, held, leaseToken, retryOf } = session
  if (!retryOf?.completed.has(step)) return null
  try {
    return await client.reuseStep({ ...held, step, body: { leaseToken } })
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'step_not_reusable') throw error
    journal.log.warn(`It runs anew: ${error.message}`)
    return null
  }
}
