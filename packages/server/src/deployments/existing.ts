import { type Deployment, PlatformError, SILENT_AFTER_MS, type Snapshot } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findSnapshot } from '../pipelines/store.ts'
import { type DeploymentWish, findDeployment, type ReportedDeployment } from './store.ts'

/** Which deployment, as a path names it. */
export type DeploymentPath = { project: string; deployment: string }

/** @throws PlatformError `deployment_not_found`, also for one that was deleted */
export async function existingDeployment(db: Db, { project, deployment }: DeploymentPath): Promise<DeploymentWish> {
  const wish = await findDeployment(db, { project, name: deployment })
  if (!wish) throw noSuchDeployment(project, deployment)
  return wish
}

export const noSuchDeployment = (project: string, name: string) =>
  new PlatformError('deployment_not_found', `The project ${project} has no deployment ${name}.`)

/**
 * What a service is told holds the hashes of keys and the key of hashed inputs: it is told to that service alone.
 * @throws PlatformError `deployment_not_found`, `forbidden`
 */
export async function ownDeployment(
  db: Db,
  path: DeploymentPath,
  { actor }: Pick<RequestContext, 'actor'>,
): Promise<DeploymentWish> {
  const wish = await existingDeployment(db, path)
  if (wish.serviceAccount.id !== actor.identityId)
    throw new PlatformError('forbidden', `${actor.name} is not the service of the deployment ${wish.name}.`)
  return wish
}

/** @throws PlatformError `snapshot_not_found`, `deployment_snapshot_unfit` for one that serves no model */
export async function servingSnapshot(
  db: Db,
  project: string,
  id: string,
): Promise<{ snapshot: Snapshot; pipeline: string; model: string }> {
  const snapshot = await findSnapshot(db, project, { id })
  if (!snapshot) throw new PlatformError('snapshot_not_found', `The project ${project} has no snapshot ${id}.`)
  const { pipeline, model } = snapshot.spec
  if (model?.action !== 'serves')
    throw new PlatformError('deployment_snapshot_unfit', `The pipeline ${pipeline} serves no model.`)
  return { snapshot, pipeline, model: model.name }
}

/** A deployment as the wire shows it. */
export const shown = ({ wish, said }: ReportedDeployment, now: Date): Deployment => ({
  ...wish,
  serviceAccount: wish.serviceAccount.name,
  state: stateOf({ wish, said }, now),
  report: said?.report ?? null,
  reportedAt: said?.at ?? null,
})

function stateOf({ wish, said }: ReportedDeployment, now: Date): Deployment['state'] {
  if (wish.deletedAt !== null) return 'deleted'
  if (!said) return 'never-seen'
  if (said.report.stopping) return 'stopped'
  if (now.getTime() - Date.parse(said.at) > SILENT_AFTER_MS) return 'silent'
  return said.report.number === null || said.report.fault !== null ? 'at-fault' : 'serving'
}
