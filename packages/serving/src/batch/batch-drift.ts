import { DriftLimits, type JudgedDrift, MonitoringSettings } from '@airlock-ml/contract'
import {
  type DriftCounts,
  type DriftSummary,
  type DriftVerdict,
  DriftWindow,
  judgeDrift,
  type ReferenceProfile,
} from '@airlock-ml/tabular'
import { z } from 'zod'

/** How the rows of a batch differ from the profile of the version that scored them, and what is to be said of that. */
export type BatchDrift = { summary: DriftSummary; verdict: DriftVerdict; limits: DriftLimits }

const Bins = z.object({ name: z.string(), missing: z.number(), counts: z.array(z.number()), sums: z.array(z.number()) })

/** What a part adds to the comparison, in its record. */
export const PartDrift: z.ZodType<DriftCounts> = z.object({
  rows: z.int().nonnegative(),
  features: z.array(Bins),
  probabilities: z.array(Bins),
  labels: z.array(z.object({ label: z.string(), rows: z.int().nonnegative() })),
})

type Shape = { features: readonly string[]; classLabels: readonly string[] }

/** A window for rows of a batch. */
export const batchWindow = (profile: ReferenceProfile, { features, classLabels }: Shape): DriftWindow =>
  new DriftWindow(profile, { featureNames: features, classLabels })

type Parts = {
  parts: readonly (DriftCounts | null)[]
  judge?: ((summary: DriftSummary) => Promise<JudgedDrift>) | undefined
}

/**
 * All parts together, judged by the defaults of a deployment where nobody else does. A part without counts, as of a run
 * that had no profile, is left out, and `rows` says so.
 */
export async function driftOfBatch(
  profile: ReferenceProfile,
  shape: Shape,
  { parts, judge = async (summary) => judgedByDefault(summary) }: Parts,
): Promise<BatchDrift> {
  const window = batchWindow(profile, shape)
  for (const counts of parts) if (counts) window.addCounts(counts)
  const summary = window.compare()
  const { limits, ...verdict } = await judge(summary)
  return { summary, verdict, limits }
}

function judgedByDefault(summary: DriftSummary): JudgedDrift {
  const limits = DriftLimits.parse(MonitoringSettings.parse({}))
  const { level, findings } = judgeDrift(summary, limits)
  return { level, findings: [...findings], limits }
}
