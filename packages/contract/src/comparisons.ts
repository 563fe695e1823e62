import { z } from 'zod'
import { JudgedBy } from './comparison-definitions.ts'
import { Grade } from './evidence.ts'
import { inModel, VersionNumber } from './models.ts'
import { Id, Json, KebabName, ModelName, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** What a comparison comes to. `not enough data` says neither that the challenger is worse nor that it is not. */
export const ComparisonVerdict = z
  .enum(['better', 'not worse', 'worse', 'not enough data'])
  .meta({ id: 'ComparisonVerdict', description: 'What a comparison of two versions comes to.' })
export type ComparisonVerdict = z.infer<typeof ComparisonVerdict>

const metrics = z.record(z.string().max(100), z.record(z.string().max(100), Json))

const found = {
  verdict: ComparisonVerdict,
  reason: z.string().max(2_000),
  rows: z.int().nonnegative(),
  judgedBy: z.string().max(100),
  margin: z.number(),
  metrics,
  paired: z.boolean().optional().describe('Whether both answered the same rows.'),
  margins: z.record(z.string().max(100), z.number()).optional(),
  confidence: z.number().optional(),
  slices: z
    .array(z.object({ name: z.string().max(100), rows: z.int().nonnegative(), metrics }))
    .max(50)
    .optional(),
  discordant: z
    .record(z.string().max(100), z.number())
    .nullable()
    .describe('Rows that only one of both got right; null where each side has rows of its own.'),
  agreement: z.record(z.string().max(100), z.number().nullable()).nullable(),
  disputedRows: z.int().nonnegative(),
}

/**
 * What a workspace reads of the JSON that a pipeline which compares hands over; the rest of it, as the rows in dispute,
 * stays in the artifact. As `compareWith` of `@airlock-ml/tabular/compare` writes it.
 */
export const HandedComparison = z.object({
  ...found,
  definition: z
    .looseObject({ name: z.string().max(100) })
    .optional()
    .describe('By what it was judged, whole.'),
})
export type HandedComparison = z.infer<typeof HandedComparison>

/** What two versions held against each other came to, and by which definition. */
export const ComparisonResult = z.object({
  ...found,
  definition: JudgedBy,
  mode: z.enum(['shadow', 'canary']).optional().describe('Where both answered people’s requests, in which way.'),
  begunAt: Timestamp.nullable()
    .optional()
    .describe('When that began: what was answered before does not count. Null for what was never set to answer.'),
  from: Timestamp.optional().describe('Of the predictions that were looked at.'),
  look: z.int().positive().optional().describe('The number of this look at the two, counted since that began.'),
  labelledBy: z.array(z.string()).optional().describe('Who said what was true, of any prediction of the two.'),
})
export type ComparisonResult = z.infer<typeof ComparisonResult>

const compared = z.object({ number: VersionNumber, digest: Sha256 })

/** Two versions held against each other by a run. */
export const ModelComparison = z
  .object({
    runId: Id,
    workspace: KebabName.describe('Where they were compared; the numbers are of this workspace.'),
    model: ModelName,
    champion: compared,
    challenger: compared,
    grade: Grade.describe('`asserted` for one that came in a bundle, whatever its source says of it.'),
    result: ComparisonResult,
    comparedAt: Timestamp,
    recalled: z.string().nullable().describe('Why it is no evidence any more; null for what stands.'),
  })
  .meta({ id: 'ModelComparison', description: 'Two versions of a model, held against each other by a run.' })
export type ModelComparison = z.infer<typeof ModelComparison>

export const comparisonRoutes = {
  listComparisons: {
    method: 'GET',
    path: '/projects/{project}/models/{model}/comparisons',
    summary: 'List the comparisons of a model, newest first; those that came in bundles included.',
    action: 'model:read',
    params: inModel,
    query: PageQuery.extend({
      number: z.coerce.number().int().positive().optional().describe('Of this version only, on either side.'),
    }),
    response: page(ModelComparison),
    errors: ['project_not_found', 'model_not_found', 'model_version_not_found'],
  },
} as const satisfies Routes
