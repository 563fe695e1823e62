import { z } from 'zod'
import { inDeployment } from './deployments.ts'
import { VersionNumber } from './models.ts'
import { Sha256, Timestamp } from './names.ts'
import type { Routes } from './route.ts'

/** The most labels that are looked at, the latest first. */
export const MAX_PERFORMANCE_LABELS = 200_000

const interval = z.object({ low: z.number(), high: z.number() }).nullable()

const Span = z
  .object({
    from: Timestamp,
    to: Timestamp,
    number: VersionNumber,
    digest: Sha256,
    role: z.enum(['champion', 'canary', 'shadow']),
    labelled: z.int().positive().describe('Predictions of which is known what they really were.'),
    accuracy: z.number(),
    accuracyInterval: interval.describe('Wilson’s, at 95 %.'),
    rocAuc: z
      .array(z.object({ label: z.string(), value: z.number(), interval: interval.describe('DeLong’s, at 95 %.') }))
      .describe('Of each class against the rest; of two classes the last. None where only one class occurred.'),
  })
  .meta({ id: 'PerformanceSpan', description: 'How well a version did in some time, by labels that came later.' })

export const Performance = z
  .object({
    spans: z.array(Span).describe('Latest first.'),
    unreadable: z.int().nonnegative().describe('Labelled predictions whose subject was erased since.'),
    isCut: z
      .boolean()
      .describe(`Whether there are more than ${MAX_PERFORMANCE_LABELS} labels: the oldest are left out.`),
  })
  .meta({ id: 'Performance', description: 'How well a deployment did, by labels that came later.' })
export type Performance = z.infer<typeof Performance>

export const performanceRoutes = {
  showPerformance: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/performance',
    summary: 'Show how well a deployment did, day by day or hour by hour, by the labels that were imported.',
    action: 'deployment:read',
    params: inDeployment,
    query: z.object({
      from: Timestamp.optional().describe('Of the predictions, not of their labels. Default: 30 days ago.'),
      every: z.enum(['hour', 'day']).default('day'),
    }),
    response: Performance,
    errors: ['project_not_found', 'deployment_not_found', 'blob_not_found', 'blob_damaged', 'store_unreachable'],
  },
} as const satisfies Routes
