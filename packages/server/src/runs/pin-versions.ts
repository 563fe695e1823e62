import {
  type HeldStage,
  isPlatformError,
  type ModelVersion,
  PlatformError,
  type SnapshotSpec,
} from '@airlock-ml/contract'
import { demandComparable } from '../comparisons/demand-comparable.ts'
import type { Tx } from '../db/db.ts'
import { existingVersion } from '../models/existing.ts'

type Which = { stage: HeldStage } | { number: number } | undefined

/** The versions that a run reads: of one that compares, `version` is the challenger. */
export type Pinned = { version: ModelVersion | null; champion: ModelVersion | null }

/**
 * Chooses the versions that a run reads until its end, whatever happens to stages meanwhile. By default a run that
 * consumes reads the holder of `production` in that environment and of `staging` elsewhere; one that compares holds the
 * newest version against that holder.
 * @throws PlatformError `model_not_found`, `model_version_not_found`, `stage_empty`, `no_champion`, `comparison_refused`
 */
export async function pinVersions(
  tx: Tx,
  { project, spec }: { project: string; spec: SnapshotSpec },
  wanted: { version: Which; champion: Which },
): Promise<Pinned> {
  const { model, environment } = spec
  if (model?.action !== 'consumes' && model?.action !== 'compares') return { version: null, champion: null }
  const key = { project, model: model.name }
  const holder = { stage: environment === 'production' ? ('production' as const) : ('staging' as const) }
  if (model.action === 'consumes') {
    const version = await existingVersion(tx, key, wanted.version ?? holder)
    demandRoles(spec, { version, champion: null })
    return { version, champion: null }
  }
  const champion = await existingVersion(tx, key, wanted.champion ?? holder).catch((error: unknown) => {
    if (!isPlatformError(error) || error.code !== 'stage_empty') throw error
    throw new PlatformError('no_champion', `There is no champion: ${lowerFirst(error.message)}`, error.details)
  })
  const version = await existingVersion(tx, key, wanted.version ?? 'newest')
  demandComparable(champion, version)
  demandRoles(spec, { version, champion })
  return { version, champion }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

function demandRoles({ steps }: SnapshotSpec, { version, champion }: Pinned): void {
  for (const step of steps)
    for (const source of Object.values(step.inputs).flatMap((each) => (each.from === 'list' ? each.items : [each]))) {
      if (source.from !== 'model') continue
      const from = (source.of ? champion : version)!
      if (from.artifacts[source.role]) continue
      throw new PlatformError(
        'model_version_not_found',
        `${from.model} ${from.number} has no artifact ${source.role}, which ${step.name} reads. Train it anew with a pipeline that returns it.`,
        { roles: Object.keys(from.artifacts) },
      )
    }
}
