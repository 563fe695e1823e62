import { type Grade, type Recall, reachesGrade } from '@airlock-ml/contract'
import { blobFault } from '../artifacts/blob-fault.ts'
import type { ArtifactTables } from '../artifacts/store.ts'
import type { Deps } from '../deps.ts'
import type { Entry } from './store.ts'

type Made = ArtifactTables['artifact_versions']

/**
 * Why what an earlier run made cannot be taken, in a sentence; null when it can. Nobody's word becomes better by being
 * copied: a run takes nothing from one that can be believed less than itself.
 */
export async function whyNotUsable(
  deps: Pick<Deps, 'artifacts' | 'db'>,
  { entry, made, grade, recalls }: { entry: Entry; made: readonly Made[]; grade: Grade; recalls: readonly Recall[] },
): Promise<string | null> {
  const whose = `what ${entry.name} made in run ${entry.run_id}`
  if (!reachesGrade(entry.grade, grade))
    return `${whose} is ${entry.grade} only, and this run is ${grade}: it takes nothing that can be believed less`
  const recall = recalls.find(
    ({ kind, digest, commit }) =>
      (kind === 'artifact' && made.some((each) => each.digest === digest)) ||
      (kind === 'commit' && commit !== null && commit === entry.git_commit),
  )
  if (recall) return `${whose} is recalled: ${recall.reason}`
  for (const { project, output, digest, size_bytes } of made) {
    const fault = await blobFault(deps, { project, digest, sizeBytes: Number(size_bytes) })
    if (fault) return `${whose} as ${output} ${fault}`
  }
  return null
}
