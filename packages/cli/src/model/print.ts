import type { ModelVersion, ModelVersionWithDestinations, VersionMark } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { metricsText, shortDigest, shown } from '../output/show.ts'
import { sizeText } from '../output/size.ts'
import { table } from '../output/table.ts'

/** Both numbers of an imported version, because production's 3 may be the source's 7. */
export const originText = ({ source }: Pick<ModelVersion, 'source'>, workspace: string): string =>
  source.workspace === workspace ? 'trained here' : `${source.workspace} version ${source.number}`

const markText = ({ mark, by, at, reason }: VersionMark): string => `${mark} by ${by} at ${at}: ${reason}`

/** What `model version show` prints. */
export function versionResult(version: ModelVersionWithDestinations, workspace: string, context: Context): Result {
  const { source } = version
  const commit = source.commit ?? 'not in git'
  return shown(
    version,
    {
      model: version.model,
      version: version.number,
      stage: version.stage,
      barred: version.marks.length > 0 ? version.marks.map(markText).join('\n') : undefined,
      digest: version.digest,
      from: originText(version, workspace),
      metrics: metricsText(version.metrics),
      parameters: JSON.stringify(version.parameters),
      'training run': `${source.runId} (${source.pipeline}), ${source.trainedAt}`,
      snapshot: source.snapshotDigest,
      commit: source.dirty ? `${commit}, with changes that were not committed` : commit,
      bundle: source.bundleDigest,
      promotion: source.promotionId,
      'lives in': livesIn(version),
      evidence: Object.entries(version.evidence)
        .map(([field, evidence]) => `${field} ${evidence?.grade}`)
        .join(', '),
      registered: `${version.createdAt} by ${version.createdBy}`,
    },
    {
      context,
      more: () =>
        table(
          Object.entries(version.artifacts),
          {
            Role: ([role]) => role,
            Artifact: ([, { id }]) => id,
            Type: ([, { type }]) => type,
            Size: ([, { sizeBytes }]) => sizeText(sizeBytes),
            Digest: ([, { digest }]) => shortDigest(digest),
          },
          context,
        ),
    },
  )
}

/** Where receipts say it went; a line each. Left out for a version that came in, or never left. */
const livesIn = ({ destinations }: ModelVersionWithDestinations): string | undefined =>
  destinations.length === 0
    ? undefined
    : destinations
        .map(({ workspace, number, stage, since }) => `${workspace} as version ${number}, entered ${stage} at ${since}`)
        .join('\n')
