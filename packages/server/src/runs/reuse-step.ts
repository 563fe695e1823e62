import { type ArtifactRef, PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import { blobKey } from '../artifacts/blobs.ts'
import { registerArtifact } from '../artifacts/register.ts'
import { artifactsOfRun } from '../artifacts/store.ts'
import type { Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { demandWanted, inputsOf } from './inputs.ts'
import { existingRun, holdRun } from './lease.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import type { HeldStep } from './steps.ts'
import { findStep, inputDigests, insertStep, insertStepInputs, type RunRow, type StepRow } from './store.ts'

/**
 * Takes what the same step of an earlier run made: of the run that this one retries, or of one with the same cache key.
 * @throws PlatformError those of `holdRun`, `run_cancel_requested`, `step_run_not_found`, `step_conflict`,
 *   `step_not_reusable`, `artifact_not_found`
 */
export const reuseStep = (
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
  { fromRunId, cacheKey }: { fromRunId: string; cacheKey?: string | undefined },
): Promise<{ outputs: Record<string, ArtifactRef> }> =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    demandWanted(run)
    const step = await specs.stepOf(tx, run, held.step)
    const inputs = await inputsOf(tx, run, step)
    const earlier = await earlierStep(tx, run, { name: step.name, fromRunId, cacheKey })
    await demandSameInputs(tx, earlier, inputs)
    const made = await madeThere(tx, deps, { earlier, step })
    const at = deps.now().toISOString()
    const { numInsertedOrUpdatedRows } = await insertStep(tx, {
      run_id: run.id,
      name: step.name,
      status: 'cached',
      started_at: at,
      ended_at: at,
      metadata: earlier.metadata,
      error: null,
      cache_key: earlier.cache_key,
      // Where it was run, however often it was taken since.
      cached_from: earlier.cached_from ?? earlier.run_id,
    })
    if (numInsertedOrUpdatedRows === 0n)
      throw new PlatformError('step_conflict', `The step ${step.name} was started already.`)
    const read = Object.entries(inputs)
    await insertStepInputs(
      tx,
      read.map(([input, { id }]) => ({ run_id: run.id, step: step.name, input, artifact_id: id })),
    )
    const outputs: Record<string, ArtifactRef> = {}
    for (const { output, type, digest, metadata } of made)
      outputs[output!] = await registerArtifact(tx, deps, {
        project: run.project,
        name: `${run.pipeline}.${step.name}.${output}`,
        type,
        digest,
        metadata: fromJson(metadata),
        producedBy: { runId: run.id, step: step.name, output: output! },
      })
    return { outputs }
  })

const refuse = (message: string) => new PlatformError('step_not_reusable', message)

async function earlierStep(
  tx: Tx,
  run: RunRow,
  { name, fromRunId, cacheKey }: { name: string; fromRunId: string; cacheKey: string | undefined },
): Promise<StepRow> {
  const from = await existingRun(tx, run.project, fromRunId)
  const earlier = await findStep(tx, { runId: from.id, name })
  if (!earlier || (earlier.status !== 'completed' && earlier.status !== 'cached'))
    throw refuse(`Run ${from.id} has no ${name} that completed.`)
  if (cacheKey === undefined && run.retry_of !== from.id)
    throw refuse(`Run ${run.id} does not retry run ${from.id}, and no cache key was given.`)
  if (cacheKey !== undefined && earlier.cache_key !== cacheKey)
    throw refuse(`${name} of run ${from.id} has another cache key.`)
  return earlier
}

async function demandSameInputs(tx: Tx, earlier: StepRow, inputs: Record<string, ArtifactRef>): Promise<void> {
  const before = await inputDigests(tx, { runId: earlier.run_id, name: earlier.name })
  const names = new Set([...before.keys(), ...Object.keys(inputs)])
  const differing = [...names].filter((name) => before.get(name) !== inputs[name]?.digest)
  if (differing.length > 0)
    throw refuse(`${earlier.name} of run ${earlier.run_id} read other bytes as ${differing.slice(0, 20).join(', ')}.`)
}

/** Exactly the outputs of the snapshot, with their bytes still in the store. */
async function madeThere(tx: Tx, deps: Deps, { earlier, step }: { earlier: StepRow; step: SnapshotStep }) {
  const made = (await artifactsOfRun(tx, earlier.run_id)).filter((row) => row.step === earlier.name)
  const types = new Map(made.map(({ output, type }) => [output, type]))
  const wanted = Object.entries(step.outputs)
  if (made.length !== wanted.length || wanted.some(([name, { type }]) => types.get(name) !== type))
    throw refuse(`${earlier.name} of run ${earlier.run_id} made other outputs.`)
  for (const { output, digest } of made)
    if (!(await deps.artifacts.stat(blobKey(digest))))
      throw refuse(`The bytes of ${earlier.name}.${output} of run ${earlier.run_id} are gone.`)
  return made
}
