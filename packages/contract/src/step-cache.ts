import { z } from 'zod'
import { ArtifactRef } from './artifacts.ts'
import { Id, Json, Sha256, StepName, Timestamp } from './names.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { StepStatus } from './step-runs.ts'

/** What a step's code is made of, as far as it was followed. */
export const StepCode = z
  .strictObject({
    files: z.record(z.string().max(1_000), Sha256).describe('Its module and all that it imports: path → digest.'),
    packages: z.record(z.string().max(214), z.string().max(400)).describe('The packages these import, with version.'),
    lockFile: Sha256.nullable(),
    node: z.string().max(50).describe('Version of Node.'),
    place: z.string().max(20_000).describe('Where in its modules it is defined.'),
    project: z
      .strictObject({ digest: Sha256, why: z.string().max(500) })
      .nullable()
      .describe('Digest of the whole project, where its imports could not be followed to their end.'),
  })
  .meta({ id: 'StepCode', description: 'What the code of a step is made of.' })
export type StepCode = z.infer<typeof StepCode>

/** `cached`: taken. `new`: there is nothing to take; it has to run. `waiting`: what it reads is not made yet. */
export const CacheAnswer = z
  .discriminatedUnion('state', [
    z.object({
      state: z.literal('cached'),
      key: Sha256,
      fromRunId: Id,
      outputs: z.record(StepName, ArtifactRef),
    }),
    z.object({
      state: z.literal('new'),
      key: Sha256,
      refused: z.string().nullable().describe('Why an entry that there is was not used.'),
    }),
    z.object({ state: z.literal('waiting') }),
  ])
  .meta({ id: 'CacheAnswer', description: 'What became of a look-up in the cache.' })
export type CacheAnswer = z.infer<typeof CacheAnswer>

/** One thing that differs between a step run and the nearest earlier one. */
export const CacheDifference = z.object({
  kind: z.enum(['file', 'package', 'lock-file', 'node', 'place', 'project', 'parameter', 'input', 'other']),
  name: z.string(),
  before: Json.describe('Null where there was none.'),
  after: Json.describe('Null where there is none.'),
})
export type CacheDifference = z.infer<typeof CacheDifference>

export const StepExplanation = z
  .object({
    step: StepName,
    status: StepStatus,
    verdict: z.enum(['cached', 'ran', 'off']).describe('`off`: the step does not ask for the cache.'),
    reason: z.string().describe('In a sentence.'),
    cachedFrom: z.object({ runId: Id, at: Timestamp }).nullable(),
    nearest: z.object({ runId: Id, at: Timestamp }).nullable().describe('The run it is compared with.'),
    differences: z.array(CacheDifference),
  })
  .meta({ id: 'StepExplanation', description: 'Why a step was cached, or was not.' })
export type StepExplanation = z.infer<typeof StepExplanation>

const one = inProject.extend({ runId: Id })

export const stepCacheRoutes = {
  takeCached: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/take-cached',
    summary:
      'Look steps up in the cache and take what is there, all in one. Keys are worked out here: from the code given and from what the snapshot and earlier steps say of parameters and inputs.',
    action: 'run:write',
    params: one,
    body: z.object({
      leaseToken: z.string().max(100),
      codes: z.array(StepCode).min(1).max(20_000),
      steps: z
        .array(z.object({ step: StepName, code: z.int().nonnegative().describe('Position in `codes`.') }))
        .min(1)
        .max(20_000),
      renew: z.boolean().default(false).describe('Only work out the keys; take nothing.'),
    }),
    response: z.object({ steps: z.record(StepName, CacheAnswer) }),
    errors: [
      'project_not_found',
      'run_not_found',
      'run_lease_lost',
      'run_not_running',
      'run_cancel_requested',
      'step_run_not_found',
      'step_conflict',
      'artifact_type_differs',
    ],
  },
  explainStep: {
    method: 'GET',
    path: '/projects/{project}/runs/{runId}/steps/{step}/explanation',
    summary: 'Why a step was cached, or what differed from the nearest earlier run.',
    action: 'run:read',
    params: one.extend({ step: StepName }),
    response: StepExplanation,
    errors: ['project_not_found', 'run_not_found', 'step_run_not_found'],
  },
} as const satisfies Routes
