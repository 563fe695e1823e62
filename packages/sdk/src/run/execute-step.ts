import { type ArtifactRef, isPlatformError, type RunError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { GraphStep } from '../compile/graph.ts'
import { failureMessage } from './failure-message.ts'
import { readInputs } from './read-inputs.ts'
import { isLeaseLost, type RunSession } from './run-session.ts'
import type { StepContext } from './step-context.ts'
import { StepJournal } from './step-journal.ts'
import { untilStopped } from './until-stopped.ts'
import { writeOutputs } from './write-outputs.ts'

/**
 * Runs one step and records it: its start, its bytes, and in one call its end with metadata and the rest of its log.
 * Never rejects; answers with what went wrong, if anything did.
 */
export async function executeStep(session: RunSession, planned: GraphStep): Promise<RunError | null> {
  const { name } = planned.step
  const startedAt = performance.now()
  const journal = new StepJournal(session, name)
  session.emit({ type: 'step-started', step: name })
  let hasStarted = false
  try {
    const { client, held, leaseToken } = session
    const { inputs } = await client.startStep({ ...held, step: name, body: { leaseToken } })
    hasStarted = true
    await crashPoint('run:step-started')
    session.journals.add(journal)
    const outputs = await doStep(session, planned, { journal, inputs })
    session.emit({ type: 'step-completed', step: name, durationMs: performance.now() - startedAt, outputs })
    return null
  } catch (error) {
    session.noticeLost(error)
    const message = failureMessage(error, `Step "${name}"`)
    // A stack shows authors where their own code failed; an error of the catalogue says all there is to say.
    const stack = error instanceof Error && !isPlatformError(error) ? error.stack : undefined
    if (error instanceof Error && error !== session.stop.reason) journal.log.error(stack ?? message)
    session.journals.delete(journal)
    if (hasStarted && !isLeaseLost(session.stop.reason)) await recordFailure(session, journal, message)
    session.emit({ type: 'step-failed', step: name, durationMs: performance.now() - startedAt, message })
    return { step: name, message }
  } finally {
    session.journals.delete(journal)
  }
}

type Started = { journal: StepJournal; inputs: Readonly<Record<string, ArtifactRef>> }

async function doStep(session: RunSession, { definition, step }: GraphStep, { journal, inputs }: Started) {
  const { client, held, leaseToken } = session
  const named = { name: step.name, outputs: definition.outputs }
  const values = await readInputs(session, { definition, step }, inputs)
  session.stop.throwIfAborted()
  const args = { inputs: values, params: structuredClone(step.parameters), context: contextOf(session, journal) }
  const returned = await untilStopped(session.stop, async () => await definition.run(args))
  const outputs = await writeOutputs(session, named, returned)
  session.journals.delete(journal)
  const logs = await journal.close()
  session.stop.throwIfAborted()
  const body = { leaseToken, outputs, metadata: journal.metadata, logs }
  const completed = await client.completeStep({ ...held, step: step.name, body })
  await crashPoint('run:step-completed')
  return completed.outputs
}

function contextOf(session: RunSession, journal: StepJournal): StepContext {
  return {
    log: journal.log,
    logMetadata: (metadata) => journal.logMetadata(metadata),
    run: session.info,
    step: journal.step,
    parameters: structuredClone(session.parameters),
    now: session.now,
    signal: session.stop,
  }
}

/** The run fails in any case and takes its running steps with it, so a failure that cannot be recorded here is not lost. */
async function recordFailure(session: RunSession, journal: StepJournal, error: string): Promise<void> {
  const { client, held, leaseToken } = session
  try {
    const logs = await journal.close()
    await client.failStep({
      ...held,
      step: journal.step,
      body: { leaseToken, error, metadata: journal.metadata, logs },
    })
  } catch (failed) {
    session.noticeLost(failed)
  }
}
