import { type ArtifactRef, PlatformError } from '@airlock-ml/contract'
import { demandBytes, existingNamed } from '../artifacts/existing.ts'
import { refIn, type Which } from '../artifacts/store.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { demandWanted } from './inputs.ts'
import { holdRun } from './lease.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import { findStep, insertStepInputs, loadedBy } from './step-store.ts'
import type { HeldStep } from './steps.ts'

/**
 * Records that a step that runs reads an artifact by its name, as its input `loaded.N`; the same one again is the same
 * input. A step that asks for the cache may not: its key was worked out before, from what the snapshot says it reads.
 * @throws PlatformError those of `holdRun`, `run_cancel_requested`, `step_run_not_found`, `step_conflict`,
 *   `artifact_not_found`
 */
export const loadArtifact = (
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
  { name, ...which }: { name: string } & Which,
): Promise<{ input: string; artifact: ArtifactRef }> =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    demandWanted(run)
    const step = await specs.stepOf(tx, run, held.step)
    if (step.cache)
      throw new PlatformError(
        'step_conflict',
        `${step.name} asks for the cache and loads ${name} while it runs, so that nobody could tell when it has to run again. Make ${name} an input of it with \`externalArtifact\`, or let it say \`cache: false\`.`,
      )
    if ((await findStep(tx, { runId: run.id, name: step.name }))?.status !== 'running')
      throw new PlatformError('step_conflict', `The step ${step.name} is not running.`)
    const found = await existingNamed(tx, { project: run.project, name }, which)
    demandBytes(found)
    const artifact = refIn(found)
    const loaded = await loadedBy(tx, { runId: run.id, step: step.name })
    const known = loaded.find(({ artifact_id: id }) => id === artifact.id)
    const input = known?.input ?? `loaded.${loaded.length}`
    if (!known) await insertStepInputs(tx, [{ run_id: run.id, step: step.name, input, artifact_id: artifact.id }])
    return { input, artifact }
  })
