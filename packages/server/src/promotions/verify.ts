import { digestOf } from '@airlock-ml/bundle'
import type { Promotion } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { admit, gatesFailed } from '../policies/admit.ts'
import { assess } from './assess.ts'
import { bundledCandidate } from './bundled-candidate.ts'
import { differenceOf } from './difference.ts'
import { existingPromotion } from './existing.ts'
import { demandLease, type PromotionLease } from './lease.ts'
import { planOf, refuseReplay } from './plan.ts'
import { stagedBundleDir } from './staged-bundle.ts'
import { standingApprovals } from './standing-approvals.ts'
import { setState } from './store.ts'

/**
 * `requested` → `awaiting_approval`, or straight to `approved` when the policy asks for nobody or the same plan was
 * approved before. The bundle is verified into the promotion's own folder, which the import reads later.
 * @throws PlatformError those of `assess` and `planPromotion`, `gates_failed`, `requester_not_allowed`
 */
export async function verify(deps: Deps, promotion: Promotion, lease: PromotionLease): Promise<void> {
  const { id, project, model, stage } = promotion
  const assessed = await assess(deps, {
    uri: promotion.bundle.uri,
    model,
    stagingDir: stagedBundleDir(deps, id),
  })
  const { bundle, evidence, metrics } = assessed
  const candidate = bundledCandidate(promotion, assessed)
  await crashPoint('promotion:staged')
  await transact(deps.db, async (tx) => {
    await demandLease(tx, deps, lease)
    const entry = { project, model, stage, evidence, candidate, act: 'enter' as const }
    const admission = await admit(tx, deps, { ...entry, requester: promotion.requestedClaims })
    await refuseReplay(tx, promotion, bundle)
    const { policy, gates } = admission
    const { workspace, number } = bundle.manifest.source
    const source = { workspace, number }
    await setState(tx, id, 'requested', {
      source,
      gates,
      evidence,
      candidate,
      difference: await differenceOf(tx, promotion, { manifest: bundle.manifest, metrics, evidence }),
    })
    if (!admission.passed) return
    const plan = await planOf(tx, promotion, { bundleDigest: bundle.digest, admission })
    const planDigest = digestOf(plan)
    const { required, roles } = policy.spec.approvals
    const known = { ...(await existingPromotion(tx, project, id)), planDigest }
    const given = standingApprovals(deps, known).length
    await setState(tx, id, given >= required ? 'approved' : 'awaiting_approval', {
      plan,
      plan_digest: planDigest,
      approvals_required: required,
      approvalRoles: roles,
    })
    await record(tx, deps, {
      type: 'promotion.verified',
      actor: systemActor('promotion-worker'),
      requestId: null,
      project,
      subject: { kind: 'promotion', id, digest: planDigest },
      after: { plan, metrics: evidence.metrics?.value ?? {}, approvalsRequired: required, approvalRoles: roles },
    })
  })
  const verified = await existingPromotion(deps.db, project, id)
  if (verified.state === 'requested')
    throw gatesFailed(verified.gates, `The bundle does not pass the policy for ${stage}`)
  await crashPoint('promotion:verified')
}
