import type { ArtifactType, ArtifactVersion, Json } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { registerArtifact } from './register.ts'
import { findArtifact, insertTags } from './store.ts'

type Wanted = {
  project: string
  name: string
  type: ArtifactType
  digest: string
  metadata: Record<string, Json>
  tags: string[]
}

/**
 * Gives bytes from outside, which were stored before, a name.
 * @throws PlatformError `blob_not_found`, `artifact_type_differs`
 */
export async function registerExternal(
  tx: Tx,
  deps: Deps,
  { tags, ...wanted }: Wanted,
  by: RequestContext,
): Promise<ArtifactVersion> {
  const { project, name } = wanted
  const { id, version, digest } = await registerArtifact(tx, deps, { ...wanted, registeredBy: by.actor.name })
  await insertTags(tx, { project, name, version }, tags)
  await record(tx, deps, {
    type: 'artifact.registered',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'artifact', id: `${name}/${version}`, digest },
    after: { type: wanted.type, tags, metadata: wanted.metadata },
  })
  return (await findArtifact(tx, project, id))!
}
