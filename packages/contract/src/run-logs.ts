import { z } from 'zod'
import { heldErrors, inRun, leased } from './leased-runs.ts'
import { Json, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

export const LogLine = z.object({
  at: Timestamp,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string().max(10_000),
  fields: z.record(z.string().max(200), Json).optional().describe('What the line says as data.'),
})
export type LogLine = z.infer<typeof LogLine>

export const runLogRoutes = {
  appendLogs: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/logs',
    summary: 'Append lines to the log of a step.',
    action: 'run:write',
    params: inRun.extend({ step: StepName }),
    body: leased.extend({ lines: z.array(LogLine).min(1).max(10_000) }),
    response: z.object({ appended: z.int() }),
    errors: [...heldErrors, 'step_run_not_found'],
  },
  listLogs: {
    method: 'GET',
    path: '/projects/{project}/runs/{runId}/logs',
    summary: 'Read the logs of a run, oldest first.',
    action: 'run:read',
    params: inRun,
    query: PageQuery.extend({
      step: StepName.optional(),
      level: LogLine.shape.level.optional().describe('Of this level and above.'),
      after: z.coerce.number().int().nonnegative().optional().describe('`line` of the last that was read.'),
    }),
    response: page(LogLine.extend({ line: z.int().describe('Counts within the run.'), step: StepName })),
    errors: ['project_not_found', 'run_not_found'],
  },
} as const satisfies Routes
