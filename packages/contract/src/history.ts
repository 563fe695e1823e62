import { z } from 'zod'
import { Approval } from './approvals.ts'
import { BundleRef } from './bundle-ref.ts'
import { inModel, StageChange } from './models.ts'
import { Id, KebabName, ModelName, Sha256, Timestamp } from './names.ts'
import type { Routes } from './route.ts'
import { HeldStage } from './stages.ts'

/** Who held a stage at a moment, by whose act, and the evidence it came in on. */
export const Holder = z
  .object({
    stage: HeldStage,
    change: StageChange.describe('The act that gave it the stage: version, since when, by whom, why.'),
    heldUntil: Timestamp.nullable().describe('When it left the stage; null while it holds it still.'),
    metrics: z.record(z.string(), z.number()).describe('Those it was admitted on.'),
    policy: z.object({ name: KebabName, version: z.int().positive(), digest: Sha256 }).nullable(),
    promotion: z
      .object({
        id: Id,
        bundle: BundleRef,
        planDigest: Sha256.nullable(),
        requestedBy: KebabName,
        approvals: z.array(Approval),
      })
      .nullable()
      .describe('The promotion that brought the version into this workspace; null for one trained here.'),
  })
  .meta({ id: 'Holder', description: 'Who held a stage at a moment, by whose act, on what evidence.' })
export type Holder = z.infer<typeof Holder>

/** The registry of a model at a moment. */
export const Holders = z
  .object({
    model: ModelName,
    at: Timestamp,
    holders: z.array(Holder).describe('One for each stage that was held.'),
    firstChangeAt: Timestamp.nullable().describe('Before it no stage was held; null when none ever was.'),
  })
  .meta({ id: 'Holders', description: 'The registry of a model at a moment.' })
export type Holders = z.infer<typeof Holders>

export const historyRoutes = {
  showHolders: {
    method: 'GET',
    path: '/projects/{project}/models/{model}/holders',
    summary: 'The registry at a moment: who held each stage, since when, by whose act, on what evidence.',
    action: 'model:read',
    params: inModel,
    query: z.object({
      at: Timestamp.optional().describe('Default: now.'),
      stage: HeldStage.optional(),
    }),
    response: Holders,
    errors: ['project_not_found', 'model_not_found'],
  },
} as const satisfies Routes
