import { type ArtifactRef, type ArtifactType, type Json, PlatformError } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import { findBlob, insertArtifact, nextArtifactVersion } from './store.ts'

/** An artifact that is about to get its version number. */
export type NewArtifact = {
  project: string
  name: string
  type: ArtifactType
  digest: string
  metadata: Record<string, Json>
  producedBy: { runId: string; step: string; output: string }
}

/**
 * Registers bytes that were stored before as the next version of an artifact.
 * @throws PlatformError `blob_not_found`
 */
export async function registerArtifact(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  wanted: NewArtifact,
): Promise<ArtifactRef> {
  const { project, name, type, digest, producedBy } = wanted
  const blob = await findBlob(tx, project, digest)
  if (!blob)
    throw new PlatformError('blob_not_found', `The bytes ${digest} of ${name} were not stored in ${project}.`, {
      digest,
    })
  const version = await nextArtifactVersion(tx, project, name)
  const id = deps.newId()
  await insertArtifact(tx, {
    id,
    project,
    name,
    version,
    type,
    digest,
    size_bytes: blob.sizeBytes,
    metadata: toJson(wanted.metadata),
    run_id: producedBy.runId,
    step: producedBy.step,
    output: producedBy.output,
    created_at: deps.now().toISOString(),
  })
  return { id, name, version, type, digest, sizeBytes: blob.sizeBytes }
}
