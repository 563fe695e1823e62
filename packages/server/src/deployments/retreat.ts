import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findVersion } from '../models/version-store.ts'
import { type DeploymentPath, ownDeployment } from './existing.ts'
import { rolloutNow } from './rollout.ts'
import { type DeploymentWish, updateDeployment } from './store.ts'
import { targetOf } from './target.ts'

/**
 * Lets a version answer nobody any more beside the champion, as its own service asks, which has seen a guard break: it
 * takes no person to ask fewer people. A challenger is ended; what newly holds the stage is held back, and the holder
 * before it answers alone until a person rolls back or sets the rollout again.
 * @throws PlatformError `deployment_not_found`, `forbidden`
 */
export const retreat = (
  deps: Deps,
  { number, reason, ...path }: DeploymentPath & { number: number; reason: string },
  by: RequestContext,
): Promise<{ revision: string }> =>
  transact(deps.db, async (tx) => {
    const before = await ownDeployment(tx, path, by)
    const after = await takeOut(tx, deps, { wish: before, number, reason }, by)
    return { revision: (await targetOf(tx, deps, after)).revision }
  })

/** The same inside a transaction, of whoever has found a guard broken. Returns the wish as it is then. */
export async function takeOut(
  tx: Tx,
  deps: Deps,
  { wish: before, number, reason }: { wish: DeploymentWish; number: number; reason: string },
  by: RequestContext,
): Promise<DeploymentWish> {
  const after = await without(tx, deps, before, { number, reason, by: by.actor.name })
  if (after === before) return before
  await updateDeployment(tx, { ...after, updatedAt: deps.now().toISOString() })
  await record(tx, deps, {
    type: after.rollout === before.rollout ? 'deployment.challenger-set' : 'deployment.rollout-held-back',
    actor: by.actor,
    requestId: by.requestId,
    project: before.project,
    subject: { kind: 'deployment', id: before.id },
    before: { challenger: before.challenger },
    after: { challenger: after.challenger, number },
    reason,
  })
  return after
}

/** The wish without what answers under a number beside the champion; the same when nothing does. */
async function without(
  tx: Tx,
  deps: Deps,
  wish: DeploymentWish,
  { number, reason, by }: { number: number; reason: string; by: string },
): Promise<DeploymentWish> {
  const now = deps.now()
  const holder = await findVersion(tx, wish, { stage: wish.stage })
  const rollout = holder?.number === number ? await rolloutNow(tx, wish, { holder, now }) : null
  if (wish.rollout && rollout?.heldBack === null)
    return {
      ...wish,
      rollout: {
        ...wish.rollout,
        heldBack: { number, rest: rollout.previous.number, at: now.toISOString(), by, reason },
      },
    }
  return wish.challenger?.number === number ? { ...wish, challenger: null } : wish
}
