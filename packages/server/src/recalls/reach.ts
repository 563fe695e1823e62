import { HeldStage, MAX_REACH_ITEMS, type ModelVersion, type Recall, type RecallReach } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { deploymentsAnswering } from '../deployments/answered-store.ts'
import type { Deps } from '../deps.ts'
import { reaches } from '../marks/match-recall.ts'
import { findVersionsById } from '../models/version-store.ts'
import {
  artifactIdsOf,
  bundlesOf,
  comparisonsOn,
  copiesOf,
  findArtifacts,
  findRuns,
  openPromotions,
  outputsOfReaders,
  runIdsOfVersion,
  runIdsTouching,
  versionIdsOf,
  versionIdsOn,
} from './reach-store.ts'

const uses = { trains: 'trained', consumes: 'consumed', compares: 'consumed', imports: 'imported' } as const

/**
 * Everything in the workspace that descends from what is recalled. From artifacts to the runs that took them over, to the steps
 * that read them and on to what those made; from a run to the version it trained; from a version to the runs that used it and to its bundles. Of
 * imported versions it asks the lineage that travelled with them. A lifted recall has no holders: nothing is to be done.
 */
export async function reachOf(
  db: Db,
  { workspace }: Pick<Deps, 'workspace'>,
  recall: Recall,
): Promise<RecallReach & { all: ModelVersion[] }> {
  const { versions, artifactIds } = await descend(db, recall)
  const runIds = new Set(await runIdsTouching(db, [...artifactIds]))
  for (const version of versions) {
    runIds.add(version.source.runId)
    for (const id of await runIdsOfVersion(db, version)) runIds.add(id)
  }
  const runs = (await findRuns(db, [...runIds])).map(({ action, ...run }) => ({
    ...run,
    use: action === null ? ('read' as const) : uses[action],
  }))
  const artifacts = await findArtifacts(db, [...artifactIds])
  const digests = versions.map(({ digest }) => digest)
  const comparisons = await comparisonsOn(db, recall.project, { runIds: [...runIds], digests })
  const deployments = await deploymentsAnswering(db, recall.project, [...new Set(digests)])
  const bundles = await bundlesOf(
    db,
    versions.map(({ id }) => id),
  )
  const open = await openPromotions(db, recall.project)
  const promotions = open.filter(({ candidate }) => reaches(recall, candidate)).map(({ promotion }) => promotion)
  const some = <T>(items: T[]) => items.slice(0, MAX_REACH_ITEMS)
  return {
    all: versions,
    versions: some(versions),
    artifacts: some(artifacts),
    runs: some(runs),
    comparisons: some(comparisons),
    deployments: some(deployments),
    bundles: some(bundles),
    promotions: some(promotions),
    holders: recall.lifted ? [] : versions.flatMap((version) => holderOf(version, workspace.name)),
    counts: {
      versions: versions.length,
      artifacts: artifacts.length,
      runs: runs.length,
      consumingRuns: runs.filter(({ use }) => use === 'consumed').length,
      comparisons: comparisons.length,
      deployments: new Set(deployments.map(({ id }) => id)).size,
      predictions: deployments.reduce((sum, { predictions }) => sum + predictions, 0),
      bundles: bundles.length,
      promotions: promotions.length,
    },
  }
}

async function descend(db: Db, recall: Recall): Promise<{ versions: ModelVersion[]; artifactIds: Set<string> }> {
  const { project } = recall
  const artifactIds = new Set<string>()
  const versions = new Map<string, ModelVersion>()
  let nextArtifacts = await artifactIdsOf(db, recall)
  let nextVersions = await versionIdsOf(db, recall)
  while (nextArtifacts.length > 0 || nextVersions.length > 0) {
    for (const id of nextArtifacts) artifactIds.add(id)
    const found = await findVersionsById(db, project, nextVersions)
    for (const version of found) versions.set(version.id, version)
    const models = found.flatMap(({ artifacts }) => artifacts.model?.id ?? [])
    const read = await outputsOfReaders(db, [...nextArtifacts, ...models])
    const made = [...models, ...read, ...(await copiesOf(db, nextArtifacts))]
    const refs = await runIdsTouching(db, nextArtifacts)
    const trained = await versionIdsOn(db, { project, kind: 'run', refs: [...new Set(refs)] })
    nextArtifacts = [...new Set(made)].filter((id) => !artifactIds.has(id))
    nextVersions = [...new Set(trained)].filter((id) => !versions.has(id))
  }
  const newestFirst = [...versions.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  return { versions: newestFirst, artifactIds }
}

function holderOf({ model, number, stage }: ModelVersion, workspace: string): RecallReach['holders'] {
  const held = HeldStage.safeParse(stage)
  if (!held.success) return []
  const remedy = `airlock model rollback ${model} --stage ${held.data} --reason TEXT --workspace ${workspace}`
  return [{ model, number, stage: held.data, remedy }]
}
