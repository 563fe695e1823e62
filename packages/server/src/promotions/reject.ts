import type { Promotion } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import { demandDecisionSignature } from '../decision-keys/demand-signature.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { insertApproval } from './approval-store.ts'
import { existingPromotion, openPromotion } from './existing.ts'
import { removeStagedBundle } from './staged-bundle.ts'
import { setState } from './store.ts'

/**
 * Ends a promotion for good, signed by who rejects. An approver who asked for it may too: taking back is no approval.
 * @throws PlatformError `promotion_not_found`, `promotion_ended`, `decision_key_missing`, `decision_signature_invalid`
 */
export async function reject(
  deps: Deps,
  {
    project,
    promotionId,
    reason,
    signature,
  }: { project: string; promotionId: string; reason: string; signature: string | null },
  by: RequestContext,
): Promise<Promotion> {
  const rejected = await transact(deps.db, async (tx) => {
    const promotion = await openPromotion(tx, project, promotionId)
    const { id, bundle } = promotion
    const decision = 'rejected' as const
    const signed = await demandDecisionSignature(tx, deps, {
      by,
      decision: { verdict: decision, subject: { kind: 'promotion', id }, digest: bundle.digest, reason },
      signature,
    })
    const at = deps.now().toISOString()
    const { name, person } = by.actor
    await insertApproval(tx, id, {
      by: name,
      person,
      planDigest: bundle.digest,
      decision,
      reason,
      at,
      expiresAt: null,
      ...signed,
    })
    await setState(tx, id, 'rejected', {
      ended_at: at,
      refusal: {
        code: 'rejected',
        message: `${name} rejected it: ${reason}`,
        remedy: 'Settle it with them, then request a new promotion.',
      },
    })
    await record(tx, deps, {
      type: 'promotion.rejected',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'promotion', id, digest: bundle.digest },
      before: { state: promotion.state },
      after: signed,
      reason,
    })
    return existingPromotion(tx, project, id)
  })
  await crashPoint('promotion:rejected')
  await removeStagedBundle(deps, promotionId)
  return rejected
}
