import { z } from 'zod'
import { ComparisonResult } from './comparisons.ts'
import { inDeployment } from './deployments.ts'
import { Grade } from './evidence.ts'
import { VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Sha256, Timestamp } from './names.ts'
import { MAX_PERFORMANCE_LABELS } from './performance.ts'
import { PredictionId } from './predictions.ts'
import type { Routes } from './route.ts'

const Curve = z.array(z.object({ x: z.number(), y: z.number() }))
const BothCurves = z.object({ champion: Curve, challenger: Curve })

const compared = z.object({ number: VersionNumber, digest: Sha256 })

export const LiveComparison = z
  .object({
    id: Id,
    deployment: KebabName,
    model: ModelName,
    mode: z.enum(['shadow', 'canary']).describe('Of a shadow both answered the same rows.'),
    champion: compared,
    challenger: compared,
    grade: Grade.describe(
      '`asserted`: what was answered is the word of the service, what is true that of who said it.',
    ),
    unreadable: z.int().nonnegative().describe('Labelled predictions whose subject was erased since.'),
    isCut: z
      .boolean()
      .describe(`Whether there are more than ${MAX_PERFORMANCE_LABELS} labels: the oldest are left out.`),
    result: ComparisonResult,
    disputed: z
      .array(
        z.object({
          id: PredictionId,
          actual: z.string(),
          champion: z.string(),
          challenger: z.string(),
          championScore: z.number(),
          challengerScore: z.number(),
        }),
      )
      .describe('Of a shadow: the first 1,000 predictions that the two label differently.'),
    curves: z
      .object({
        roc: BothCurves.describe('False positive rate, true positive rate; empty where one class occurred.'),
        calibration: BothCurves.describe('Predicted and observed share of the positive class.'),
        differences: z.array(z.object({ from: z.number(), to: z.number(), rows: z.int().nonnegative() })),
      })
      .describe('What the report draws. `differences`: of P(positive), challenger less champion; of a shadow alone.'),
    comparedAt: Timestamp,
  })
  .meta({ id: 'LiveComparison', description: 'Two versions held against each other by what they answered.' })
export type LiveComparison = z.infer<typeof LiveComparison>

export const liveComparisonRoutes = {
  compareDeployment: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/comparisons',
    summary:
      'Hold what answers beside the champion, or newly holds the stage, against it by what they answered and the labels that came since, by the comparison as it was registered when that began. It is kept as evidence.',
    action: 'prediction:label',
    params: inDeployment,
    body: z.strictObject({
      comparison: KebabName.optional().describe(
        'Name of the registered comparison that judges. Default: the one that was named when it was set, else the only one of the model.',
      ),
      challenger: VersionNumber.optional().describe(
        'Default: what is rolled out, else the challenger that is set, else what was rolled out last.',
      ),
      from: Timestamp.optional().describe(
        'Of the predictions. Default, and the earliest: when it was set or its rollout began.',
      ),
    }),
    response: LiveComparison,
    status: 201,
    errors: [
      'project_not_found',
      'deployment_not_found',
      'model_not_found',
      'model_version_not_found',
      'no_champion',
      'comparison_refused',
      'comparison_not_registered',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
    ],
  },
} as const satisfies Routes
