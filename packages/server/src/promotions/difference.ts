import { isDeepStrictEqual } from 'node:util'
import type { Difference, Evidence, HeldStage, Json, Manifest } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findVersion } from '../models/version-store.ts'

/**
 * What would change for those who rely on a stage: a candidate beside the version that holds it; null when nobody does.
 * Metrics are both this workspace's own numbers, so they can be compared when the evaluation table is the same.
 */
export async function differenceOf(
  db: Db,
  key: { project: string; model: string; stage: HeldStage },
  { manifest, metrics, evidence }: { manifest: Manifest; metrics: Record<string, number>; evidence: Evidence },
): Promise<Difference | null> {
  const holder = await findVersion(db, key, { stage: key.stage })
  if (!holder) return null
  const evaluation = manifest.files.find(({ artifact }) => artifact?.role === 'evaluation')?.sha256 ?? null
  const changed = changesOf(holder.metrics, metrics) as Difference['metrics']
  const sides = { holder: holder.evidence, candidate: evidence }
  /** What both sides' evidence says, when both say something. */
  const besides = (read: (of: Evidence) => Json | undefined) => {
    const [a, b] = [mapOf(read(sides.holder)), mapOf(read(sides.candidate))]
    return a && b ? changesOf(a, b) : null
  }
  return {
    holder: holder.number,
    metrics: changed,
    intervals: Object.fromEntries(
      Object.keys(changed).map((name) => [name, besideOf(sides, (of) => of.intervals?.value[name])]),
    ) as Difference['intervals'],
    columns: besides((of) => mapOf(of.data?.value.evaluation)?.columns) as Difference['columns'],
    data: besides((of) => of.source?.value.tables) as Difference['data'],
    lockFile: besideOf(sides, (of) => mapOf(of.source?.value.dependencies)?.lockFile) as Difference['lockFile'],
    dependencies: besides((of) => mapOf(of.source?.value.dependencies)?.packages) as Difference['dependencies'],
    parameters: changesOf(holder.parameters, manifest.model.parameters),
    evaluation: { holder: holder.artifacts.evaluation?.digest ?? null, candidate: evaluation },
    commit: { holder: holder.source.commit, candidate: manifest.training.commit },
    model: { holder: holder.digest, candidate: manifest.model.digest },
  }
}

const besideOf = (sides: { holder: Evidence; candidate: Evidence }, read: (of: Evidence) => Json | undefined) => ({
  holder: read(sides.holder) ?? null,
  candidate: read(sides.candidate) ?? null,
})

const mapOf = (value: Json | undefined): Record<string, Json> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined

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
