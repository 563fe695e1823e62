import { type Approval, PlatformError, type Promotion, type Role } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingPromotion, openPromotion } from './existing.ts'
import { insertApproval, setState } from './store.ts'

type Decision = { project: string; promotionId: string; planDigest: string; reason: string | null }

/**
 * Gives a person's approval to the plan with this digest. Whoever asked for the promotion may not, nor may their
 * service accounts: a person counts once, under all their names. The last approval that was missing sends the promotion
 * on to its import.
 * @throws PlatformError `promotion_ended`, `promotion_not_ready`, `plan_changed`, `approval_by_requester`,
 * `approval_role_missing`, `approval_exists`
 */
export async function approve(deps: Deps, decision: Decision, by: RequestContext): Promise<Promotion> {
  const approved = await transact(deps.db, async (tx) => {
    const promotion = await openPromotion(tx, decision.project, decision.promotionId)
    demandDecidable(promotion, decision.planDigest)
    demandApprover(promotion, by)
    const { actor } = by
    const approval: Approval = {
      by: actor.name,
      person: actor.person,
      planDigest: decision.planDigest,
      decision: 'approved',
      reason: decision.reason,
      at: deps.now().toISOString(),
    }
    await insertApproval(tx, promotion.id, approval)
    const given = approvalsOf(promotion).length + 1
    if (given >= promotion.approvalsRequired) await setState(tx, promotion.id, 'approved')
    await record(tx, deps, {
      type: 'promotion.approved',
      actor,
      requestId: by.requestId,
      project: promotion.project,
      subject: { kind: 'promotion', id: promotion.id, digest: decision.planDigest },
      after: { given, required: promotion.approvalsRequired, bundleDigest: promotion.bundle.digest },
      reason: decision.reason,
    })
    return existingPromotion(tx, promotion.project, promotion.id)
  })
  await crashPoint('promotion:approved')
  return approved
}

/** The approvals that count: those of the present plan. */
export const approvalsOf = ({ approvals, planDigest }: Promotion): Approval[] =>
  approvals.filter((given) => given.planDigest === planDigest && given.decision === 'approved')

function demandDecidable({ state, planDigest }: Promotion, looked: string): void {
  if (state === 'requested' || planDigest === null)
    throw new PlatformError('promotion_not_ready', 'The bundle has not been verified yet, so there is no plan.')
  if (planDigest !== looked)
    throw new PlatformError('plan_changed', `The plan is now ${planDigest}; the approval was for ${looked}.`, {
      planDigest,
    })
  if (state === 'approved')
    throw new PlatformError('promotion_not_ready', 'The promotion has the approvals it needs and is being imported.')
}

function demandApprover(promotion: Promotion, { actor, roles }: RequestContext): void {
  const { project, requestedBy, requestedByPerson, approvalRoles } = promotion
  if (actor.person === requestedByPerson) {
    const who = actor.name === requestedBy ? actor.name : `${actor.name}, who is ${requestedByPerson},`
    throw new PlatformError('approval_by_requester', `${who} asked for this promotion.`, {
      requestedBy,
      person: requestedByPerson,
    })
  }
  const here: Role[] = roles.filter((role) => role.project === '*' || role.project === project).map(({ role }) => role)
  if (!here.some((role) => approvalRoles.includes(role)))
    throw new PlatformError(
      'approval_role_missing',
      `The policy takes approvals of ${approvalRoles.join(' or ')}; ${actor.name} is ${here.join(', ')}.`,
      {
        roles: approvalRoles,
      },
    )
  const before = approvalsOf(promotion).find(({ person }) => person === actor.person)
  if (before)
    throw new PlatformError('approval_exists', `${before.by} approved this plan at ${before.at}; a person counts once.`)
}
