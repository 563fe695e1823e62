import type { Deployment } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { disableIn } from '../identity/change.ts'
import { type DeploymentPath, existingDeployment, shown } from './existing.ts'
import { revokeKeys } from './key-store.ts'
import { findDeploymentById, updateDeployment } from './store.ts'

/**
 * Ends a deployment: its service can no longer sign in, its keys are revoked, its name is free. Its row stays, since
 * predictions lead back to it.
 * @throws PlatformError `deployment_not_found`
 */
export const deleteDeployment = (deps: Deps, path: DeploymentPath, by: RequestContext): Promise<Deployment> =>
  transact(deps.db, async (tx) => {
    const wish = await existingDeployment(tx, path)
    const now = deps.now()
    const at = now.toISOString()
    await updateDeployment(tx, { ...wish, deletedAt: at, updatedAt: at })
    await revokeKeys(tx, wish.id, at)
    await disableIn(tx, deps, wish.serviceAccount.name, by)
    await record(tx, deps, {
      type: 'deployment.deleted',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      before: { name: wish.name, model: wish.model, stage: wish.stage },
    })
    return shown((await findDeploymentById(tx, wish.id))!, now)
  })
