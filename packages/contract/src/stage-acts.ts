import { z } from 'zod'
import { inModel, ModelVersion, OptionalReason, StageChange, VersionNumber } from './models.ts'
import { Reason } from './names.ts'
import { GateVerdict } from './policies.ts'
import type { Routes } from './route.ts'
import { barred, notAdmitted } from './shared-errors.ts'
import { HeldStage } from './stages.ts'

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

export const stageActRoutes = {
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
      ...barred,
      ...notAdmitted,
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
} as const satisfies Routes
