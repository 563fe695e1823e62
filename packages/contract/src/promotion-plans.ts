import { z } from 'zod'
import { BundleUri } from './bundle-ref.ts'
import { VersionNumber } from './models.ts'
import { Json, KebabName, ModelName, Sha256 } from './names.ts'
import { GateVerdict } from './policies.ts'
import { inProject } from './projects.ts'
import { Role } from './rights.ts'
import type { Routes } from './route.ts'
import { assessing, barred } from './shared-errors.ts'
import { HeldStage } from './stages.ts'

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

/** Which bundle is to enter which stage. */
export const WantedPromotion = z.object({
  model: ModelName,
  stage: HeldStage.default('production'),
  bundle: z.object({ uri: BundleUri }),
})

export const planRoutes = {
  planPromotion: {
    method: 'POST',
    path: '/projects/{project}/promotion-plans',
    summary: 'Verify a bundle and say what a promotion of it would meet, without asking for one.',
    action: 'promotion:request',
    params: inProject,
    body: WantedPromotion,
    response: PlanResult,
    errors: ['project_not_found', ...assessing, 'bundle_replayed', ...barred, 'already_in_stage', 'policy_missing'],
  },
} as const satisfies Routes
