import type { Deployment } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { disableIn } from '../identity/change.ts'
import { type DeploymentPath, existingDeployment, shown } from './existing.ts'
import { mintService } from './service-account.ts'
import { findDeploymentById, updateDeployment } from './store.ts'

/**
 * Gives a deployment's service another service account and secret: when the secret was lost or seen, when the service
 * moves to another machine, or when whoever answered for it has left. The old secret ends at once.
 * @throws PlatformError `deployment_not_found`, `identity_not_found`
 */
export const replaceServiceSecret = (
  deps: Deps,
  path: DeploymentPath,
  by: RequestContext,
): Promise<{ deployment: Deployment; serviceSecret: string }> =>
  transact(deps.db, async (tx) => {
    const wish = await existingDeployment(tx, path)
    await disableIn(tx, deps, wish.serviceAccount.name, by)
    const { account, secret } = await mintService(tx, deps, wish, by)
    const now = deps.now()
    await updateDeployment(tx, { ...wish, serviceAccount: account, updatedAt: now.toISOString() })
    await record(tx, deps, {
      type: 'deployment.secret-replaced',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      before: { serviceAccount: wish.serviceAccount.name },
      after: { serviceAccount: account.name },
    })
    return { deployment: shown((await findDeploymentById(tx, wish.id))!, now), serviceSecret: secret }
  })
