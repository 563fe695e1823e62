import { z } from 'zod'

/** From where on a measure is a warning, and from where on a breach. */
export const DriftLimit = z
  .strictObject({ warn: z.number().nonnegative(), breach: z.number().nonnegative() })
  .refine(({ warn, breach }) => warn <= breach, 'warn must not be above breach')
  .meta({ id: 'DriftLimit', description: 'Above `warn` is a warning, above `breach` a breach.' })

const limit = DriftLimit.nullable()

const settings = {
  windowRows: z.int().min(100).max(10_000_000).describe('A window of so many rows is closed.'),
  windowSeconds: z
    .number()
    .min(1)
    .max(604_800)
    .describe('One that is so old is closed, as soon as it has the least rows.'),
  minRows: z.int().min(20).max(1_000_000).describe('Fewer rows are not judged.'),
  psi: limit.describe('Population stability index of features, probabilities and labels; null: not looked at.'),
  ks: limit.describe('Kolmogorov-Smirnov distance of features and probabilities.'),
  shift: limit.describe('Wasserstein-1 distance in standard deviations.'),
  missing: limit.describe('How much larger the share of missing values is than in the profile.'),
  outOfRange: limit.describe('Share of values of a feature outside of what the profile met.'),
  keepWindows: z.int().min(1).max(100_000).describe('The workspace keeps the latest so many windows.'),
}

/** How a service is watched for drift. What is left out has its default. */
export const MonitoringSettings = z.strictObject({
  windowRows: settings.windowRows.default(10_000),
  windowSeconds: settings.windowSeconds.default(3_600),
  minRows: settings.minRows.default(200),
  psi: settings.psi.default({ warn: 0.1, breach: 0.2 }),
  ks: settings.ks.default(null),
  shift: settings.shift.default({ warn: 0.5, breach: 1 }),
  missing: settings.missing.default({ warn: 0.01, breach: 0.05 }),
  outOfRange: settings.outOfRange.default({ warn: 0.05, breach: 0.1 }),
  keepWindows: settings.keepWindows.default(1_000),
})
export type MonitoringSettings = z.output<typeof MonitoringSettings>

/** What to change of them. */
export const MonitoringSettingsChange = z.strictObject(settings).partial()

/** From where on each measure is too much; `null` for one that is not looked at. */
export const DriftLimits = z
  .object({ minRows: z.int(), psi: limit, ks: limit, shift: limit, missing: limit, outOfRange: limit })
  .meta({ id: 'DriftLimits', description: 'From where on each measure of drift is too much.' })
export type DriftLimits = z.output<typeof DriftLimits>

/** What may differ on a stage, at most: of a batch what is left out has its default, of a deployment what it sets itself. */
export const PolicyMonitoring = z
  .strictObject({
    min_rows: settings.minRows,
    psi: limit,
    ks: limit,
    shift: limit,
    missing: limit,
    out_of_range: limit,
  })
  .partial()
  .meta({
    id: 'PolicyMonitoring',
    description: 'By how much what is answered on a stage may differ from what was met at training, at most.',
  })
export type PolicyMonitoring = z.output<typeof PolicyMonitoring>
