import { z } from 'zod'
import { Timestamp } from './names.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

const sums = {
  runs: z.int().nonnegative(),
  steps: z.int().nonnegative().describe('Steps that ran: neither cached nor skipped.'),
  stepMs: z.number().nonnegative().describe('Time that steps took, in milliseconds; parallel steps count each.'),
}

/** What runs cost, by a label: the time of their steps. */
export const CostReport = z
  .object({
    by: z.string().nullable(),
    since: Timestamp.nullable(),
    until: Timestamp.nullable(),
    groups: z
      .array(z.object({ value: z.string().nullable().describe('Null for runs without the label.'), ...sums }))
      .describe('The dearest first.'),
    total: z.object(sums),
    labels: z.array(z.string()).describe('The labels that these runs have, whatever their values, by name.'),
  })
  .meta({ id: 'CostReport', description: 'What runs cost, by a label.' })
export type CostReport = z.infer<typeof CostReport>

export const costRoutes = {
  reportCost: {
    method: 'GET',
    path: '/projects/{project}/cost-report',
    summary: 'Sum the time of steps by a label of their runs.',
    action: 'run:read',
    params: inProject,
    query: z.object({
      by: z.string().min(1).max(63).optional().describe('Label; without it there is one sum.'),
      since: Timestamp.optional().describe('Runs that started then or later.'),
      until: Timestamp.optional().describe('Runs that started before.'),
    }),
    response: CostReport,
    errors: ['project_not_found'],
  },
} as const satisfies Routes
