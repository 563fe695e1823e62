import type { ArtifactVersion } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { shown } from '../output/show.ts'
import { sizeText } from '../output/size.ts'

/** An artifact version, for a show. */
export function artifactResult(artifact: ArtifactVersion, context: Context): Result {
  const { producedBy, registeredBy, deleted } = artifact
  const from = producedBy
    ? { 'made by': `step ${producedBy.step} of run ${producedBy.runId}` }
    : { 'registered by': registeredBy }
  return shown(
    artifact,
    {
      id: artifact.id,
      name: artifact.name,
      version: artifact.version,
      type: artifact.type,
      size: sizeText(artifact.sizeBytes),
      digest: artifact.digest,
      ...from,
      metadata: JSON.stringify(artifact.metadata),
      tags: artifact.tags.join(', '),
      notes: JSON.stringify(artifact.notes),
      created: artifact.createdAt,
      deleted: deleted ? `${deleted.at}, when ${deleted.by} collected garbage` : undefined,
    },
    { context },
  )
}
