import { type ArtifactRef, PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import { blobFault } from '../artifacts/blob-fault.ts'
import { artifactsOfRun } from '../artifacts/store.ts'
import type { Db, Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { demandWanted, inputsOf } from './inputs.ts'
import { existingRun, holdRun } from './lease.ts'
import { recordReused } from './record-reused.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import { findStep, inputDigests, type StepRow } from './step-store.ts'
import type { HeldStep } from './steps.ts'
import type { RunRow } from './store.ts'

/**
 * Takes what a step made in the run that this one retries: of the same bytes, and still there.
 * @throws PlatformError those of `holdRun`, `run_cancel_requested`, `step_run_not_found`, `step_conflict`,
 *   `step_not_reusable`, `artifact_not_found`
 */
export async function reuseStep(
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
): Promise<{ fromRunId: string; outputs: Record<string, ArtifactRef> }> {
  const { db } = deps
  const known = await existingRun(db, held.project, held.runId)
  const step = await specs.stepOf(db, known, held.step)
  const earlier = await earlierStep(db, known, step.name)
  // Before the transaction, which bytes that are read would keep open.
  const made = await madeThere(deps, { earlier, step })
  return transact(db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    demandWanted(run)
    const inputs = await inputsOf(tx, run, step)
    await demandSameInputs(tx, earlier, inputs)
    const outputs = await recordReused(tx, deps, run, { step, earlier, inputs, made })
    return { fromRunId: earlier.cached_from ?? earlier.run_id, outputs }
  })
}

const refuse = (message: string) => new PlatformError('step_not_reusable', message)

async function earlierStep(db: Db, { id, retry_of: runId }: RunRow, name: string): Promise<StepRow> {
  if (runId === null) throw refuse(`Run ${id} retries no other.`)
  const earlier = await findStep(db, { runId, name })
  if (earlier?.status === 'completed' || earlier?.status === 'cached') return earlier
  throw refuse(`Run ${runId} has no ${name} that completed.`)
}

async function demandSameInputs(tx: Tx, earlier: StepRow, inputs: Record<string, ArtifactRef>): Promise<void> {
  const before = await inputDigests(tx, { runId: earlier.run_id, name: earlier.name })
  const names = new Set([...before.keys(), ...Object.keys(inputs)])
  const differing = [...names].filter((name) => before.get(name) !== inputs[name]?.digest)
  if (differing.length > 0)
    throw refuse(`${earlier.name} of run ${earlier.run_id} read other bytes as ${differing.slice(0, 20).join(', ')}.`)
}

/** Exactly the outputs of the snapshot, with their bytes still in the store. */
async function madeThere(deps: Deps, { earlier, step }: { earlier: StepRow; step: SnapshotStep }) {
  const made = (await artifactsOfRun(deps.db, earlier.run_id)).filter((row) => row.step === earlier.name)
  const types = new Map(made.map(({ output, type }) => [output, type]))
  const wanted = Object.entries(step.outputs)
  if (made.length !== wanted.length || wanted.some(([name, { type }]) => types.get(name) !== type))
    throw refuse(`${earlier.name} of run ${earlier.run_id} made other outputs.`)
  for (const { project, output, digest, size_bytes: sizeBytes } of made) {
    const fault = await blobFault(deps, { project, digest, sizeBytes: Number(sizeBytes) })
    if (fault) throw refuse(`What ${earlier.name} made in run ${earlier.run_id} as ${output} ${fault}.`)
  }
  return made
}
