import type { Promotion } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingPromotion, openPromotion } from './existing.ts'
import { setState } from './store.ts'

/**
 * Ends a promotion for good. An approver who asked for it may too: taking back is no approval.
 * @throws PlatformError `promotion_not_found`, `promotion_ended`
 */
export async function reject(
  deps: Deps,
  { project, promotionId, reason }: { project: string; promotionId: string; reason: string },
  by: RequestContext,
): Promise<Promotion> {
  const rejected = await transact(deps.db, async (tx) => {
    const promotion = await openPromotion(tx, project, promotionId)
    await setState(tx, promotion.id, 'rejected', {
      ended_at: deps.now().toISOString(),
      refusal: {
        code: 'rejected',
        message: `${by.actor.name} rejected it: ${reason}`,
        remedy: 'Settle it with them, then request a new promotion.',
      },
    })
    await record(tx, deps, {
      type: 'promotion.rejected',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'promotion', id: promotion.id, digest: promotion.bundle.digest },
      before: { state: promotion.state },
      reason,
    })
    return existingPromotion(tx, project, promotion.id)
  })
  await crashPoint('promotion:rejected')
  return rejected
}
