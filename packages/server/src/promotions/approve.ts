import { type Approval, PlatformError, type PolicySpec, type Promotion, type Role } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import { demandDecisionSignature } from '../decision-keys/demand-signature.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { durationMs } from '../policies/duration.ts'
import { findPolicy } from '../policies/store.ts'
import { insertApproval } from './approval-store.ts'
import { existingPromotion, openPromotion } from './existing.ts'
import { standingApprovals } from './standing-approvals.ts'
import { setState } from './store.ts'

type Decision = {
  project: string
  promotionId: string
  planDigest: string
  reason: string | null
  signature: string | null
}

/**
 * Gives a person's approval, signed by them, to the plan with this digest. Whoever asked for the promotion may not, nor
 * who made the API key it was asked for with, nor may their service accounts: a person counts once, under all their
 * names. The last approval that was missing sends the promotion on to its import.
 * @throws PlatformError `promotion_ended`, `approval_by_requester`, `promotion_not_ready`, `approval_role_missing`,
 * `plan_changed`, `promotion_approved`, `approval_exists`, `decision_key_missing`, `decision_signature_invalid`, in this
 * order: who may not approve at all is told so first
 */
export async function approve(deps: Deps, decision: Decision, by: RequestContext): Promise<Promotion> {
  const approved = await transact(deps.db, async (tx) => {
    const promotion = await openPromotion(tx, decision.project, decision.promotionId)
    demandOther(promotion, by)
    demandPlan(promotion)
    demandRole(promotion, by)
    demandUndecided(promotion, decision.planDigest)
    const rules = await approvalRulesOf(tx, promotion)
    const now = deps.now()
    const standing = standingApprovals(deps, promotion)
    demandFirst(standing, by)
    const { planDigest, reason, signature } = decision
    const signed = await demandDecisionSignature(tx, deps, {
      by,
      decision: { verdict: 'approved', subject: { kind: 'promotion', id: promotion.id }, digest: planDigest, reason },
      signature,
    })
    const { actor } = by
    const approval: Approval = {
      by: actor.name,
      person: actor.person,
      planDigest,
      decision: 'approved',
      reason,
      at: now.toISOString(),
      expiresAt: rules.expires_after ? new Date(now.getTime() + durationMs(rules.expires_after)).toISOString() : null,
      ...signed,
    }
    await insertApproval(tx, promotion.id, approval)
    const given = standing.length + 1
    if (given >= promotion.approvalsRequired) await setState(tx, promotion.id, 'approved')
    await record(tx, deps, {
      type: 'promotion.approved',
      actor,
      requestId: by.requestId,
      project: promotion.project,
      subject: { kind: 'promotion', id: promotion.id, digest: planDigest },
      after: {
        given,
        required: promotion.approvalsRequired,
        bundleDigest: promotion.bundle.digest,
        expiresAt: approval.expiresAt,
        ...signed,
      },
      reason,
    })
    return existingPromotion(tx, promotion.project, promotion.id)
  })
  await crashPoint('promotion:approved')
  return approved
}

/** What the policy that the plan names says of approvals. */
async function approvalRulesOf(tx: Tx, { project, stage, plan }: Promotion): Promise<PolicySpec['approvals']> {
  const policy = await findPolicy(tx, { project, stage, version: plan!.policyVersion })
  return policy!.spec.approvals
}

function demandOther({ requestedBy, requestedByPerson, requesters }: Promotion, { actor }: RequestContext): void {
  if (!requesters.includes(actor.person)) return
  const who = actor.name === actor.person ? actor.name : `${actor.name}, who is ${actor.person},`
  const did = actor.person === requestedByPerson ? 'asked' : `made an API key for ${requestedBy}, who asked`
  throw new PlatformError('approval_by_requester', `${who} ${did} for this promotion.`, {
    requestedBy,
    person: actor.person,
  })
}

function demandPlan({ state, planDigest }: Promotion): void {
  if (state === 'requested' || planDigest === null)
    throw new PlatformError('promotion_not_ready', 'The bundle has not been verified yet, so there is no plan.')
}

function demandRole({ project, approvalRoles }: Promotion, { actor, roles }: RequestContext): void {
  const here: Role[] = roles.filter((role) => role.project === '*' || role.project === project).map(({ role }) => role)
  if (here.some((role) => approvalRoles.includes(role))) return
  throw new PlatformError(
    'approval_role_missing',
    `The policy takes approvals of ${approvalRoles.join(' or ')}; ${actor.name} is ${here.join(', ')}.`,
    { roles: approvalRoles },
  )
}

function demandUndecided({ state, planDigest }: Promotion, looked: string): void {
  if (planDigest !== looked)
    throw new PlatformError('plan_changed', `The plan is now ${planDigest}; the approval was for ${looked}.`, {
      planDigest,
    })
  if (state === 'approved')
    throw new PlatformError('promotion_approved', 'Others approved the plan meanwhile, and it is being imported.')
}

function demandFirst(standing: readonly Approval[], { actor }: RequestContext): void {
  const before = standing.find(({ person }) => person === actor.person)
  if (before)
    throw new PlatformError('approval_exists', `${before.by} approved this plan at ${before.at}; a person counts once.`)
}
