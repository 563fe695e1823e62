import { z } from 'zod'
import { Approval } from './approvals.ts'
import { BundleRef } from './bundle-ref.ts'
import { DecisionSignature } from './decision-keys.ts'
import { exportRoutes } from './exports.ts'
import { Claims } from './federation.ts'
import { OptionalReason, VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { GateVerdict } from './policies.ts'
import { policyTestRoutes } from './policy-tests.ts'
import { inProject } from './projects.ts'
import { Difference, Plan, planRoutes, WantedPromotion } from './promotion-plans.ts'
import { receiptSyncRoutes } from './receipt-sync.ts'
import { Role } from './rights.ts'
import type { Routes } from './route.ts'
import { stageActRoutes } from './stage-acts.ts'
import { HeldStage } from './stages.ts'

/**
 * Where a promotion stands. `requested`: to be verified. `awaiting_approval`: verified, its gates passed, people must
 * approve its plan. `approved`: to be imported. The other three are ends.
 */
export const PromotionState = z
  .enum(['requested', 'awaiting_approval', 'approved', 'completed', 'refused', 'rejected'])
  .meta({ id: 'PromotionState', description: 'Where a promotion stands.' })
export type PromotionState = z.infer<typeof PromotionState>

/** Whether the promotion has ended. */
export const isEnded = (state: PromotionState): boolean => ['completed', 'refused', 'rejected'].includes(state)

export const Promotion = z
  .object({
    id: Id,
    project: KebabName,
    model: ModelName,
    stage: HeldStage,
    state: PromotionState,
    bundle: BundleRef,
    source: z.object({ workspace: KebabName, number: VersionNumber }).nullable().describe('Known once it is verified.'),
    plan: Plan.nullable(),
    planDigest: Sha256.nullable().describe('What approvals are given to.'),
    gates: z.array(GateVerdict),
    difference: Difference.nullable().describe('To the holder when it was verified; null when there was none.'),
    approvals: z.array(Approval),
    approvalsRequired: z.int().nonnegative(),
    approvalRoles: z.array(Role),
    version: z.object({ id: Id, number: VersionNumber }).nullable().describe('The version it made here.'),
    runId: Id.nullable().describe('The `import_model` run.'),
    refusal: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
    requestedBy: KebabName,
    requestedByPerson: KebabName,
    requestedClaims: Claims.nullable().describe(
      'What the token of the job that asked said, verified when it signed in; null for any other key.',
    ),
    requesters: z
      .array(KebabName)
      .describe('The persons who count as having asked, and so may not approve: who asked, and who made the key.'),
    requestedAt: Timestamp,
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Promotion', description: 'The way of a bundle into a stage.' })
export type Promotion = z.infer<typeof Promotion>

const one = inProject.extend({ promotionId: Id })

/** Everything that moves a version into a stage. */
export const promotionRoutes = {
  ...stageActRoutes,
  ...exportRoutes,
  ...planRoutes,
  ...policyTestRoutes,
  requestPromotion: {
    method: 'POST',
    path: '/projects/{project}/promotions',
    summary:
      'Ask for a bundle to enter a stage. Asked again while it is open, or when it holds the stage, it answers with that promotion.',
    action: 'promotion:request',
    params: inProject,
    body: WantedPromotion,
    response: Promotion,
    status: 201,
    creates: true,
    errors: ['project_not_found', 'exchange_uri_invalid', 'requester_not_allowed'],
  },
  listPromotions: {
    method: 'GET',
    path: '/projects/{project}/promotions',
    summary: 'List promotions, newest first.',
    action: 'promotion:read',
    params: inProject,
    query: PageQuery.extend({ model: ModelName.optional(), state: PromotionState.optional() }),
    response: page(Promotion),
    errors: ['project_not_found'],
  },
  ...receiptSyncRoutes,
  showPromotion: {
    method: 'GET',
    path: '/projects/{project}/promotions/{promotionId}',
    summary: 'Show a promotion.',
    action: 'promotion:read',
    params: one,
    response: Promotion,
    errors: ['project_not_found', 'promotion_not_found'],
  },
  approvePromotion: {
    method: 'POST',
    path: '/projects/{project}/promotions/{promotionId}/approve',
    summary: 'Approve the plan with this digest, signed with one’s own decision key.',
    action: 'promotion:decide',
    params: one,
    body: z.object({ planDigest: Sha256, reason: OptionalReason, signature: DecisionSignature }),
    response: Promotion,
    errors: [
      'project_not_found',
      'promotion_not_found',
      'promotion_ended',
      'promotion_not_ready',
      'promotion_approved',
      'plan_changed',
      'approval_by_requester',
      'approval_exists',
      'approval_role_missing',
      'decision_key_missing',
      'decision_signature_invalid',
    ],
  },
  rejectPromotion: {
    method: 'POST',
    path: '/projects/{project}/promotions/{promotionId}/reject',
    summary: 'Reject a promotion, for good. What is signed is the digest of its bundle.',
    action: 'promotion:decide',
    params: one,
    body: z.object({ reason: Reason, signature: DecisionSignature }),
    response: Promotion,
    errors: [
      'project_not_found',
      'promotion_not_found',
      'promotion_ended',
      'decision_key_missing',
      'decision_signature_invalid',
    ],
  },
} as const satisfies Routes
