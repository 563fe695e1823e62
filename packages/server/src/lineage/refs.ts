import type { Lineage, Manifest, VersionSource } from '@airlock-ml/contract'
import type { VersionRef } from './store.ts'

type Training = Pick<VersionSource, 'runId' | 'snapshotDigest' | 'commit'>

/** What a version trained here is found by besides its number; its artifacts lead to it by their run. */
export const refsOfTraining = ({ runId, snapshotDigest, commit }: Training): VersionRef[] => [
  { kind: 'run', ref: runId },
  { kind: 'snapshot', ref: snapshotDigest },
  ...(commit === null ? [] : [{ kind: 'commit' as const, ref: commit }]),
]

/**
 * What an imported version is found by: all that its bundle tells, by the ids and digests of the workspace it came from,
 * also of artifacts whose bytes did not travel.
 */
export function refsOfBundle(manifest: Manifest, lineage: Lineage, bundleDigest: string): VersionRef[] {
  const artifacts = lineage.steps.flatMap(({ inputs, outputs }) => [
    ...Object.values(inputs),
    ...Object.values(outputs),
  ])
  const known = new Set(artifacts.flatMap(({ id, digest }) => [id, digest]))
  return [
    ...refsOfTraining(manifest.training),
    { kind: 'bundle', ref: bundleDigest },
    ...[...known].map((ref) => ({ kind: 'artifact' as const, ref })),
  ]
}
