import { type ArtifactRef, type ArtifactType, GivenName, type Json, PlatformError } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import { findBlob } from './blob-store.ts'
import { insertArtifact, newestRow } from './store.ts'

/** An artifact that is about to get its version number: made by a step, or registered from outside. */
export type NewArtifact = {
  project: string
  name: string
  type: ArtifactType
  digest: string
  metadata: Record<string, Json>
} & ({ producedBy: { runId: string; step: string; output: string } } | { registeredBy: string })

/**
 * Registers bytes that were stored before as a version of an artifact. Under a name that a person gave, the bytes of its
 * newest version are that version again, and all versions are of one type; all else is the next version.
 * @throws PlatformError `blob_not_found`, `artifact_type_differs`
 */
export async function registerArtifact(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  wanted: NewArtifact,
): Promise<ArtifactRef> {
  const { project, name, type, digest } = wanted
  const blob = await findBlob(tx, project, digest)
  if (!blob)
    throw new PlatformError('blob_not_found', `The bytes ${digest} of ${name} are not stored in ${project}.`, {
      digest,
    })
  const newest = await newestRow(tx, { project, name })
  const isGiven = GivenName.safeParse(name).success
  if (isGiven && newest && newest.type !== type)
    throw new PlatformError(
      'artifact_type_differs',
      `${name} is a ${newest.type} since version ${newest.version}; this is a ${type}.`,
      { name, type: newest.type },
    )
  const version = newest && isGiven && newest.digest === digest ? newest.version : (newest?.version ?? 0) + 1
  const id = deps.newId()
  const made = 'producedBy' in wanted ? wanted.producedBy : null
  await insertArtifact(tx, {
    ...{ id, project, name, version, type, digest },
    size_bytes: blob.sizeBytes,
    metadata: toJson(wanted.metadata),
    run_id: made?.runId ?? null,
    step: made?.step ?? null,
    output: made?.output ?? null,
    registered_by: 'registeredBy' in wanted ? wanted.registeredBy : null,
    created_at: deps.now().toISOString(),
  })
  return { id, name, version, type, digest, sizeBytes: blob.sizeBytes }
}
