import type { ArtifactRef, ArtifactType } from '@airlock-ml/contract'
import type { GraphStep } from '../compile/graph.ts'
import type { Artifact } from '../define/artifact.ts'
import { callOnFiles, fileBody } from '../isolate/call-on-files.ts'
import { readLoaded } from './load-artifact.ts'
import { type LoadBytes, loadInStep } from './load-in-step.ts'
import { Randomness, seedOf } from './random.ts'
import { readInputs } from './read-inputs.ts'
import type { RunSession } from './run-session.ts'
import type { StepContext } from './step-context.ts'
import type { StepJournal } from './step-journal.ts'
import { untilStopped } from './until-stopped.ts'

/** What one call of a step's body is given. */
export interface BodyCall {
  readonly inputs: Readonly<Record<string, ArtifactRef>>
  readonly journal: StepJournal
  /** Aborted when the run stops, and when the time of this attempt is up. */
  readonly signal: AbortSignal
}

/**
 * Calls the body of a step once, with values read anew. What the body throws is its answer, so that it can be told from
 * what goes wrong around it, which rejects.
 */
export async function callBody(
  session: RunSession,
  planned: GraphStep,
  call: BodyCall,
): Promise<{ returned: unknown } | { thrown: unknown }> {
  const { definition, step } = planned
  const load = loadInStep(session, step.name)
  const context = contextOf(session, call, load)
  const body = fileBody(planned)
  if (body) return await callOnFiles(session, planned, { body, refs: call.inputs, context, load })
  const values = await readInputs(session, planned, call.inputs)
  session.stop.throwIfAborted()
  const args = { inputs: values, params: structuredClone(step.parameters), context }
  try {
    return { returned: await untilStopped(call.signal, async () => await definition.run(args)) }
  } catch (thrown) {
    return { thrown }
  }
}

function contextOf(session: RunSession, { journal, signal }: BodyCall, load: LoadBytes): StepContext {
  const seed = seedOf(session.snapshotDigest, journal.step)
  const randomness = new Randomness(seed, () => journal.logMetadata({ random_seed: seed }))
  let parameters: StepContext['parameters'] | undefined
  return {
    log: journal.log,
    logMetadata: (metadata) => journal.logMetadata(metadata),
    load: async <Value>(name: string, { as, ...which }: { as: Artifact<ArtifactType, Value> }) =>
      (await readLoaded(await load(name, which), as)) as Value,
    reportDrift: async (drift) => {
      session.driftReports.add(journal.step)
      const { client, held, leaseToken } = session
      return await client.reportRunDrift({ ...held, body: { leaseToken, step: journal.step, ...drift } })
    },
    run: session.info,
    step: journal.step,
    // A copy only for the step that looks: ten thousand steps of a fan-out over a parameter would else copy it each.
    get parameters() {
      parameters ??= structuredClone(session.parameters)
      return parameters
    },
    now: session.now,
    random: () => randomness.next(),
    get seed() {
      return randomness.seed
    },
    signal,
  }
}
