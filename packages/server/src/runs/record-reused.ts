import { type ArtifactRef, isPlatformError, PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import { registerArtifact } from '../artifacts/register.ts'
import type { ArtifactTables } from '../artifacts/store.ts'
import type { Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import { artifactNameOf } from './artifact-name.ts'
import { insertStep, insertStepInputs, type StepRow } from './step-store.ts'
import type { RunRow } from './store.ts'

/** What a run takes over: which step of which run, what it reads here, and what was made there. */
export type Reused = {
  step: SnapshotStep
  earlier: Pick<StepRow, 'run_id' | 'name' | 'metadata' | 'cache_key'> & { cached_from?: string | null }
  inputs: Readonly<Record<string, ArtifactRef>>
  made: readonly ArtifactTables['artifact_versions'][]
}

/**
 * Records a step as taken from an earlier run: as `cached`, with what it reads here, and with its outputs as artifacts of
 * this run with the same bytes.
 * @throws PlatformError `step_conflict`; `database_busy` when the bytes were deleted since they were looked at
 */
export async function recordReused(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  run: RunRow,
  { step, earlier, inputs, made }: Reused,
): Promise<Record<string, ArtifactRef>> {
  const at = deps.now().toISOString()
  const { name } = earlier
  const isNew = await insertStep(tx, {
    run_id: run.id,
    name,
    status: 'cached',
    started_at: at,
    ended_at: at,
    metadata: earlier.metadata,
    error: null,
    cache_key: earlier.cache_key,
    // Where it was run, however often it was taken since.
    cached_from: earlier.cached_from ?? earlier.run_id,
  })
  if (!isNew) throw new PlatformError('step_conflict', `The step ${name} was started already.`)
  await insertStepInputs(
    tx,
    Object.entries(inputs).map(([input, { id }]) => ({ run_id: run.id, step: name, input, artifact_id: id })),
  )
  const outputs: Record<string, ArtifactRef> = {}
  for (const { output, type, digest, metadata } of made)
    outputs[output!] = await registerArtifact(tx, deps, {
      project: run.project,
      name: artifactNameOf(run, step, output!),
      type,
      digest,
      metadata: fromJson(metadata),
      producedBy: { runId: run.id, step: name, output: output! },
    }).catch(sendAgainIfDeleted)
  return outputs
}

/** The bytes were there when they were looked at: asked again, the step is found to be one that has to run. */
function sendAgainIfDeleted(error: unknown): never {
  if (!isPlatformError(error) || error.code !== 'blob_not_found') throw error
  throw new PlatformError('database_busy', `${error.message} It was there a moment ago.`, {}, { cause: error })
}
