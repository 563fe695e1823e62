import { type ArtifactRef, PlatformError, type SingleSource, type SnapshotStep } from '@airlock-ml/contract'
import { demandBytes, existingNamed } from '../artifacts/existing.ts'
import { refIn, refOf } from '../artifacts/store.ts'
import type { Tx } from '../db/db.ts'
import { findVersion } from '../models/version-store.ts'
import { findOutput, findStep } from './step-store.ts'
import { cancelRequestOf, type RunRow } from './store.ts'

/**
 * The artifacts that a step reads, worked out from its snapshot; those of a list as `NAME.0`, `NAME.1` and so on.
 * Constants stand in the snapshot itself and are none.
 * @throws PlatformError `artifact_not_found`
 */
export async function inputsOf(tx: Tx, run: RunRow, step: SnapshotStep): Promise<Record<string, ArtifactRef>> {
  const inputs: Record<string, ArtifactRef> = {}
  const read = async (input: string, source: SingleSource) => {
    const ref = await artifactOf(tx, run, { reader: step.name, source })
    if (ref) inputs[input] = ref
  }
  for (const [input, source] of Object.entries(step.inputs)) {
    if (source.from !== 'list') await read(input, source)
    else for (const [at, item] of source.items.entries()) await read(`${input}.${at}`, item)
  }
  return inputs
}

async function artifactOf(
  tx: Tx,
  run: RunRow,
  { reader, source }: { reader: string; source: SingleSource },
): Promise<ArtifactRef | null> {
  if (source.from === 'constant') return null
  if (source.from === 'requests') throw new Error('A pipeline that is served has no runs.')
  if (source.from === 'model') {
    const pinned = { project: run.project, model: run.model_name! }
    const version = await findVersion(tx, pinned, { number: (source.of ? run.champion_number : run.model_number)! })
    return version!.artifacts[source.role]!
  }
  if (source.from === 'artifact') {
    const artifact = await existingNamed(tx, { project: run.project, name: source.name }, { digest: source.digest })
    demandBytes(artifact)
    return refIn(artifact)
  }
  const made = await findOutput(tx, { runId: run.id, step: source.step, output: source.output })
  if (made) return refOf(made)
  if (source.optional && (await findStep(tx, { runId: run.id, name: source.step }))?.status === 'skipped') return null
  const message = `${reader} reads ${source.step}.${source.output}, which was not made yet.`
  throw new PlatformError('artifact_not_found', message)
}

/**
 * Nothing more begins in a run whose end somebody asked for.
 * @throws PlatformError `run_cancel_requested`
 */
export function demandWanted(run: RunRow): void {
  const request = cancelRequestOf(run)
  if (!request) return
  const why = request.reason === null ? '' : `: ${request.reason}`
  throw new PlatformError('run_cancel_requested', `${request.by} asked for the end of run ${run.id}${why}.`, {
    by: request.by,
    reason: request.reason,
  })
}
