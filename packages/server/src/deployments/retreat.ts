import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { type DeploymentPath, ownDeployment } from './existing.ts'
import { updateDeployment } from './store.ts'
import { targetOf } from './target.ts'

/**
 * Ends a challenger as its own service asks, which has seen a guard break: it takes no person to ask nobody any more.
 * Another challenger that was set meanwhile stays.
 * @throws PlatformError `deployment_not_found`, `forbidden`
 */
export const retreatChallenger = (
  deps: Deps,
  { number, reason, ...path }: DeploymentPath & { number: number; reason: string },
  by: RequestContext,
): Promise<{ revision: string }> =>
  transact(deps.db, async (tx) => {
    const wish = await ownDeployment(tx, path, by)
    const { challenger: before } = wish
    if (before?.number !== number) return { revision: (await targetOf(tx, deps, wish)).revision }
    const after = { ...wish, challenger: null, updatedAt: deps.now().toISOString() }
    await updateDeployment(tx, after)
    await record(tx, deps, {
      type: 'deployment.challenger-set',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      before: { challenger: before },
      after: { challenger: null, admission: null },
      reason,
    })
    return { revision: (await targetOf(tx, deps, after)).revision }
  })
