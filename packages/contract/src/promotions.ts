import { z } from 'zod'
import { Approval } from './approvals.ts'
import { DecisionSignature } from './decision-keys.ts'
import { Claims } from './federation.ts'
import { inModel, ModelVersion, OptionalReason, StageChange, VersionNumber } from './models.ts'
import { Id, Json, KebabName, ModelName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { GateVerdict, PolicySpec } from './policies.ts'
import { inProject } from './projects.ts'
import { Destination } from './receipts.ts'
import { Role } from './rights.ts'
import type { Routes } from './route.ts'
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

const BundleUri = z.string().min(1).max(2_000)

export const BundleRef = z
  .object({ uri: BundleUri, digest: Sha256.describe("SHA-256 of the manifest's bytes.") })
  .meta({ id: 'BundleRef', description: 'A signed bundle in the exchange.' })
export type BundleRef = z.infer<typeof BundleRef>

/** Exactly what would be done; its digest is what people approve. It is void when anything in it changes. */
export const Plan = z
  .object({
    model: ModelName,
    stage: HeldStage,
    bundleDigest: Sha256,
    policyVersion: z.int().positive(),
    policyDigest: Sha256,
    currentHolder: z.object({ number: VersionNumber, digest: Sha256 }).nullable(),
  })
  .meta({ id: 'Plan', description: 'Exactly what would be done.' })
export type Plan = z.infer<typeof Plan>

const beside = <T extends z.ZodType>(value: T) => z.object({ holder: value, candidate: value })

/** From where to where a metric lies, at 95 % confidence. */
export const MetricInterval = z
  .object({ low: z.number(), high: z.number() })
  .meta({ id: 'MetricInterval', description: 'From where to where a metric lies, at 95 % confidence.' })
export type MetricInterval = z.infer<typeof MetricInterval>

/** What would change for those who rely on the stage: the candidate beside the version that holds it. */
export const Difference = z
  .object({
    holder: VersionNumber.describe('The version that holds the stage.'),
    metrics: z.record(z.string(), beside(z.number().nullable())).describe('Those that differ, both worked out here.'),
    intervals: z
      .record(z.string(), beside(MetricInterval.nullable()))
      .describe('Those of the metrics that differ: Wilson for shares, DeLong for the ROC AUC; null where not known.'),
    parameters: z.record(z.string(), beside(Json)).describe('Hyperparameters that differ; null where one has none.'),
    evaluation: beside(Sha256.nullable()).describe(
      'Digests of the evaluation tables: metrics compare when they are one.',
    ),
    columns: z
      .record(z.string(), beside(z.string().nullable()))
      .nullable()
      .describe('Columns of the evaluation table whose type differs or that one has not; null where not known.'),
    data: z
      .record(z.string(), beside(Sha256.nullable()))
      .nullable()
      .describe('Tables of the training run that differ, as STEP.OUTPUT, by digest; null where not known.'),
    commit: beside(z.string().nullable()),
    lockFile: beside(Sha256.nullable()),
    dependencies: z
      .record(z.string(), beside(z.string().nullable()))
      .nullable()
      .describe('Direct dependencies whose version differs or that one has not; null where not known.'),
    model: beside(Sha256),
  })
  .meta({ id: 'Difference', description: 'A candidate beside the version that holds the stage.' })
export type Difference = z.infer<typeof Difference>

/** What production would do with a bundle now. */
export const PlanResult = z
  .object({
    plan: Plan,
    planDigest: Sha256,
    verdict: z.enum(['passed', 'refused']),
    gates: z.array(GateVerdict),
    approvals: z.object({
      required: z.int().nonnegative(),
      roles: z.array(Role),
      mayApprove: z.array(KebabName).describe('Users who could, were the caller to ask for it.'),
    }),
    difference: Difference.nullable().describe('Null when nobody holds the stage.'),
    source: z.object({ workspace: KebabName, number: VersionNumber }),
    metrics: z.record(z.string(), z.number()).describe('Recomputed here.'),
  })
  .meta({ id: 'PlanResult', description: 'What the workspace would do with a bundle now.' })
export type PlanResult = z.infer<typeof PlanResult>

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

export const Export = z
  .object({
    bundle: BundleRef,
    model: ModelName,
    number: VersionNumber,
    workspace: KebabName,
    keyHint: Sha256,
    files: z.int().positive(),
    sizeBytes: z.int().nonnegative(),
  })
  .meta({ id: 'Export', description: 'A model version written to the exchange as a signed bundle.' })
export type Export = z.infer<typeof Export>

/** What was looked at before a stage goes back to a version. */
export const RollbackVerification = z
  .object({
    artifacts: z.int().nonnegative().describe('How many are there with their digest.'),
    sizeBytes: z.int().nonnegative(),
    metrics: z.record(z.string(), z.number()).describe('Scored again on its evaluation table.'),
    compared: z.array(z.string()).describe('Those that were recorded, and came out the same.'),
  })
  .meta({ id: 'RollbackVerification', description: 'What was looked at before a stage goes back to a version.' })
export type RollbackVerification = z.infer<typeof RollbackVerification>

const wanted = z.object({
  model: ModelName,
  stage: HeldStage.default('production'),
  bundle: z.object({ uri: BundleUri }),
})
const one = inProject.extend({ promotionId: Id })
/** What can be wrong with a bundle that is verified and scored. */
const assessing = [
  'exchange_uri_invalid',
  'exchange_unreachable',
  'bundle_not_found',
  'bundle_invalid',
  'bundle_other_model',
  'bundle_key_retired',
  'bundle_untrusted',
  'bundle_too_new',
  'model_invalid',
  'scoring_failed',
  'store_full',
  'store_unreachable',
] as const
const barred = ['version_rejected', 'version_rolled_back', 'version_recalled'] as const

/** What a look for receipts brought. */
export const ReceiptSync = z
  .object({
    received: z.array(Destination.extend({ model: ModelName, version: VersionNumber.describe('The number here.') })),
    refused: z
      .array(z.object({ receipt: z.string(), reason: z.string() }))
      .describe('What lies in the exchange as a receipt of ours and is none.'),
    trusted: z.array(KebabName).describe('Workspaces whose receipts are believed.'),
  })
  .meta({ id: 'ReceiptSync', description: 'What a look for receipts brought.' })
export type ReceiptSync = z.infer<typeof ReceiptSync>

export const promotionRoutes = {
  promoteModelVersion: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/promote',
    summary: 'Give a stage to a version of this workspace, through the stage’s policy. For imports see promotions.',
    action: 'model:promote',
    params: inModel,
    body: z.object({
      stage: HeldStage,
      number: VersionNumber.optional().describe('Default: the newest version.'),
      reason: OptionalReason,
    }),
    response: z.object({ version: ModelVersion, change: StageChange, gates: z.array(GateVerdict) }),
    errors: [
      'project_not_found',
      'model_not_found',
      'model_version_not_found',
      'already_in_stage',
      'stage_not_allowed',
      ...barred,
      'policy_missing',
      'gates_failed',
      'requester_not_allowed',
      'approvals_required',
    ],
  },
  rollbackModel: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/rollback',
    summary: 'Give a stage back to the version that held it before, through the stage’s policy, in one transaction.',
    action: 'model:rollback',
    params: inModel,
    body: z.object({
      stage: HeldStage.default('production'),
      toNumber: VersionNumber.optional(),
      reason: Reason,
      dryRun: z.boolean().default(false),
      drill: z
        .boolean()
        .default(false)
        .describe('Do all of it, the transaction too, take that back, and say how long each took.'),
    }),
    response: z.object({
      dryRun: z.boolean(),
      from: ModelVersion,
      to: ModelVersion,
      drill: z.boolean(),
      gates: z.array(GateVerdict),
      change: StageChange.nullable().describe('Null for a dry run and a drill.'),
      verification: RollbackVerification.nullable(),
      timings: z
        .object({ verificationMs: z.number(), commitMs: z.number().nullable().describe('Null for a dry run.') })
        .nullable(),
    }),
    errors: [
      'project_not_found',
      'model_not_found',
      'model_version_not_found',
      'stage_empty',
      'already_in_stage',
      'rollback_no_history',
      'rollback_target_invalid',
      'rollback_target_unsound',
      'model_invalid',
      'scoring_failed',
      ...barred,
      'policy_missing',
      'gates_failed',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
    ],
  },
  exportModelVersion: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/exports',
    summary: 'Write a version to the exchange as a signed bundle. The same version gives the same bundle.',
    action: 'model:export',
    params: inModel,
    body: z.union([z.strictObject({ stage: HeldStage }), z.strictObject({ number: VersionNumber })]),
    response: Export,
    errors: [
      'project_not_found',
      'model_not_found',
      'model_version_not_found',
      'stage_empty',
      'export_not_possible',
      ...barred,
      'exchange_unreachable',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
    ],
  },
  planPromotion: {
    method: 'POST',
    path: '/projects/{project}/promotion-plans',
    summary: 'Verify a bundle and say what a promotion of it would meet, without asking for one.',
    action: 'promotion:request',
    params: inProject,
    body: wanted,
    response: PlanResult,
    errors: ['project_not_found', ...assessing, 'bundle_replayed', ...barred, 'already_in_stage', 'policy_missing'],
  },
  testPolicy: {
    method: 'POST',
    path: '/projects/{project}/policy-tests',
    summary:
      'Say what a policy, applied or not, would make of a version of this workspace or of a bundle. Changes nothing.',
    action: 'policy:read',
    params: inProject,
    body: z.object({
      spec: PolicySpec,
      model: ModelName,
      subject: z.union([
        z.strictObject({ number: z.int().positive() }),
        z.strictObject({ uri: z.string().min(1).max(2_000) }),
      ]),
    }),
    response: z.object({ verdict: z.enum(['passed', 'refused']), gates: z.array(GateVerdict) }),
    errors: ['project_not_found', 'policy_invalid', 'model_not_found', 'model_version_not_found', ...assessing],
  },
  requestPromotion: {
    method: 'POST',
    path: '/projects/{project}/promotions',
    summary:
      'Ask for a bundle to enter a stage. Asked again while it is open, or when it holds the stage, it answers with that promotion.',
    action: 'promotion:request',
    params: inProject,
    body: wanted,
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
  syncReceipts: {
    method: 'POST',
    path: '/projects/{project}/promotions/sync',
    summary: 'Look in the exchange for receipts of this workspace’s bundles. A served workspace does it by itself.',
    action: 'promotion:request',
    params: inProject,
    response: ReceiptSync,
    errors: ['project_not_found', 'exchange_unreachable'],
  },
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
