import { isDeepStrictEqual } from 'node:util'
import type { Difference, HeldStage, Json, Manifest } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findVersion } from '../models/store.ts'

/**
 * What would change for those who rely on a stage: a candidate beside the version that holds it; null when nobody does.
 * Metrics are both this workspace's own numbers, so they can be compared when the evaluation table is the same.
 */
export async function differenceOf(
  db: Db,
  key: { project: string; model: string; stage: HeldStage },
  { manifest, metrics }: { manifest: Manifest; metrics: Record<string, number> },
): Promise<Difference | null> {
  const holder = await findVersion(db, key, { stage: key.stage })
  if (!holder) return null
  const evaluation = manifest.files.find(({ artifact }) => artifact?.role === 'evaluation')?.sha256 ?? null
  return {
    holder: holder.number,
    metrics: changesOf(holder.metrics, metrics) as Difference['metrics'],
    parameters: changesOf(holder.parameters, manifest.model.parameters),
    evaluation: { holder: holder.artifacts.evaluation?.digest ?? null, candidate: evaluation },
    commit: { holder: holder.source.commit, candidate: manifest.training.commit },
    model: { holder: holder.digest, candidate: manifest.model.digest },
  }
}

/** Every name whose value differs or is on one side only. */
function changesOf(
  holder: Record<string, Json>,
  candidate: Record<string, Json>,
): Record<string, { holder: Json; candidate: Json }> {
  const names = [...new Set([...Object.keys(holder), ...Object.keys(candidate)])].sort()
  const of = (side: Record<string, Json>, name: string) => (Object.hasOwn(side, name) ? side[name]! : null)
  return Object.fromEntries(
    names
      .map((name) => [name, { holder: of(holder, name), candidate: of(candidate, name) }] as const)
      .filter(([, change]) => !isDeepStrictEqual(change.holder, change.candidate)),
  )
}
