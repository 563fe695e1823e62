import { z } from 'zod'
import { Json } from './names.ts'

/** What a comparison comes to. `not enough data` says neither that the challenger is worse nor that it is not. */
export const ComparisonVerdict = z
  .enum(['better', 'not worse', 'worse', 'not enough data'])
  .meta({ id: 'ComparisonVerdict', description: 'What a comparison of two versions comes to.' })
export type ComparisonVerdict = z.infer<typeof ComparisonVerdict>

/**
 * What a workspace reads of the JSON that a pipeline which compares hands over; the rest of it, as the rows in dispute,
 * stays in the artifact. As `comparePredictions` of `@airlock-ml/tabular/compare` writes it.
 */
export const ComparisonResult = z.object({
  verdict: ComparisonVerdict,
  reason: z.string().max(2_000),
  rows: z.int().nonnegative(),
  judgedBy: z.string().max(100),
  margin: z.number(),
  metrics: z.record(z.string().max(100), z.record(z.string().max(100), Json)),
  discordant: z.record(z.string().max(100), z.number()),
  agreement: z.record(z.string().max(100), z.number().nullable()),
  disputedRows: z.int().nonnegative(),
})
export type ComparisonResult = z.infer<typeof ComparisonResult>
