import {
  type Deployment,
  type DeploymentFlavor,
  DeploymentSettings,
  type HeldStage,
  PlatformError,
} from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { fourEyesInForce } from '../four-eyes/in-force.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingModel } from '../models/existing.ts'
import { servingSnapshot, shown } from './existing.ts'
import { letsMore } from './lets-more.ts'
import { mintService } from './service-account.ts'
import { type DeploymentWish, findDeployment, insertDeployment } from './store.ts'

type Wanted = {
  project: string
  name: string
  snapshotId: string
  stage: HeldStage
  flavor: DeploymentFlavor
  settings: DeploymentSettings
}

/**
 * Makes a deployment with the service account that its service signs in as, whose secret leaves the server in this
 * answer and never again. Nothing answers yet: a service has to be started.
 * @throws PlatformError `deployment_exists`, `deployment_loosens`, `model_not_found`, `identity_not_found`, those of `servingSnapshot`
 */
export const createDeployment = (
  deps: Deps,
  wanted: Wanted,
  by: RequestContext,
): Promise<{ deployment: Deployment; serviceSecret: string }> =>
  transact(deps.db, async (tx) => {
    const { project, name } = wanted
    const { pipeline, model } = await servingSnapshot(tx, project, wanted.snapshotId)
    await existingModel(tx, { project, model })
    if (await findDeployment(tx, { project, name }))
      throw new PlatformError('deployment_exists', `The project ${project} has a deployment ${name} already.`)
    await demandStrict(tx, wanted)
    const { account, secret } = await mintService(tx, deps, { project, name }, by)
    const now = deps.now()
    const at = now.toISOString()
    const wish: DeploymentWish = {
      ...wanted,
      id: deps.newId(),
      pipeline,
      model,
      rollout: null,
      challenger: null,
      serviceAccount: { id: account.id, name: account.name },
      createdBy: by.actor.name,
      createdAt: at,
      updatedAt: at,
      deletedAt: null,
    }
    await insertDeployment(tx, wish)
    const { stage, flavor, settings, snapshotId } = wanted
    await record(tx, deps, {
      type: 'deployment.created',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'deployment', id: wish.id },
      after: { name, pipeline, model, stage, flavor, settings, snapshotId, serviceAccount: account.name },
    })
    return { deployment: shown({ wish, said: null }, now), serviceSecret: secret }
  })

/** Under four eyes what lets more answer is asked for by itself, so that a second person sees just that. */
async function demandStrict(tx: Tx, { name, settings }: Wanted): Promise<void> {
  if (!letsMore(DeploymentSettings.parse({}), settings) || !(await fourEyesInForce(tx))) return
  throw new PlatformError(
    'deployment_loosens',
    `Four eyes are in force, and ${name} would go on with a recalled version, answer callers without a key, keep predictions for less than ever, or be watched otherwise than by default.`,
  )
}
