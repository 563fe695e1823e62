import type { ComputedBy, Lineage, Manifest, VersionSource } from '@airlock-ml/contract'
import type { VersionRef } from './store.ts'

type Training = Pick<VersionSource, 'runId' | 'snapshotDigest' | 'commit'>

/**
 * What a version trained here is found by besides its number; its artifacts lead to it by their run. `commits`: of its
 * training and of the runs that computed what it took over.
 */
export const refsOfTraining = (
  { runId, snapshotDigest }: Omit<Training, 'commit'>,
  commits: readonly string[],
): VersionRef[] => [
  { kind: 'run', ref: runId },
  { kind: 'snapshot', ref: snapshotDigest },
  ...commits.map((ref) => ({ kind: 'commit' as const, ref })),
]

/** The commits that what a run made was computed from: its own, and those of the runs it took steps from. */
export const commitsOf = (
  { commit }: Pick<Training, 'commit'>,
  computedBy: Iterable<Pick<ComputedBy, 'commit'>>,
): string[] => [...new Set([commit, ...[...computedBy].map((run) => run.commit)])].filter((each) => each !== null)

/** The commits behind a version, as its bundle tells. */
export const commitsOfBundle = ({ training }: Manifest, { steps, sources = [] }: Lineage): string[] =>
  commitsOf(training, [...steps.flatMap((step) => step.computedBy ?? []), ...sources])

/**
 * What an imported version is found by: all that its bundle tells, by the ids and digests of the workspace it came from,
 * also of artifacts whose bytes did not travel.
 */
export function refsOfBundle(manifest: Manifest, lineage: Lineage, bundleDigest: string): VersionRef[] {
  const artifacts = lineage.steps.flatMap(({ inputs, outputs }) => [
    ...Object.values(inputs),
    ...Object.values(outputs),
  ])
  const known = new Set([...artifacts, ...(lineage.sources ?? [])].flatMap(({ id, digest }) => [id, digest]))
  return [
    ...refsOfTraining(manifest.training, commitsOfBundle(manifest, lineage)),
    { kind: 'bundle', ref: bundleDigest },
    ...[...known].map((ref) => ({ kind: 'artifact' as const, ref })),
  ]
}
