import { z } from 'zod'
import { ArtifactRef } from './artifacts.ts'
import { Grade } from './evidence.ts'
import { heldErrors, inRun, leased, metadata } from './leased-runs.ts'
import { VersionNumber } from './models.ts'
import { Environment, Id, KebabName, Labels, ModelName, Reason, Sha256, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { runLogRoutes } from './run-logs.ts'
import { HeldStage } from './stages.ts'
import { HookRun, StepRun, stepRunRoutes } from './step-runs.ts'

/** `lost`: its process died or stopped renewing its lease. `cancelled`: somebody asked for its end. */
export const RunStatus = z.enum(['running', 'completed', 'failed', 'lost', 'cancelled']).meta({ id: 'RunStatus' })
export type RunStatus = z.infer<typeof RunStatus>

/** What went wrong, for people. */
export const RunError = z.object({ step: StepName.nullable(), message: z.string().max(20_000) })
export type RunError = z.infer<typeof RunError>

/** That somebody asked for the end of a run, and why. */
export const CancelRequest = z.object({ by: z.string(), at: Timestamp, reason: z.string().nullable() })
export type CancelRequest = z.infer<typeof CancelRequest>

export const RunSummary = z
  .object({
    id: Id,
    project: KebabName,
    pipeline: z.string().describe('Kebab-case; `import_model` for the platform’s own.'),
    snapshotId: Id.nullable().describe('Null for the platform’s own runs, as `import_model`.'),
    snapshotDigest: Sha256.nullable(),
    environment: Environment,
    stack: KebabName.nullable(),
    labels: Labels,
    status: RunStatus,
    grade: Grade.describe('How far what it reports can be believed.'),
    model: z
      .object({
        action: z.enum(['trains', 'consumes', 'compares', 'imports']),
        name: ModelName,
        number: VersionNumber.nullable(),
        digest: Sha256.nullable(),
        champion: z
          .object({ number: VersionNumber, digest: Sha256 })
          .optional()
          .describe('The version it is compared with.'),
      })
      .nullable()
      .describe('The version it made, or was pinned to.'),
    retryOf: Id.nullable().describe('The run whose completed steps it took over.'),
    startedBy: z.string(),
    startedAt: Timestamp,
    endedAt: Timestamp.nullable(),
    error: RunError.nullable(),
    cancelRequest: CancelRequest.nullable(),
  })
  .meta({ id: 'RunSummary', description: 'A run without its steps.' })
export type RunSummary = z.infer<typeof RunSummary>

export const Run = RunSummary.extend({ steps: z.array(StepRun), metadata, hooks: z.array(HookRun) }).meta({
  id: 'Run',
  description: 'One execution of a snapshot.',
})
export type Run = z.infer<typeof Run>

const completeErrors = [
  ...heldErrors,
  'run_cancel_requested',
  'run_incomplete',
  'model_invalid',
  'evaluation_unfit',
  'comparison_refused',
  'blob_damaged',
  'store_unreachable',
] as const

export const runRoutes = {
  startRun: {
    method: 'POST',
    path: '/projects/{project}/runs',
    summary:
      'Start a run of a snapshot. The answer holds its lease and, for a run that consumes a model, the version it is pinned to.',
    action: 'run:write',
    params: inProject,
    body: z.object({
      snapshotId: Id,
      labels: Labels.default({}),
      executor: z
        .object({ host: z.string().min(1).max(255), pid: z.int().positive() })
        .optional()
        .describe(
          'The process that runs it: one on the same machine is found dead at once, and a busy one is not taken for dead.',
        ),
      version: z
        .union([z.strictObject({ stage: HeldStage }), z.strictObject({ number: VersionNumber })])
        .optional()
        .describe('Which version a consuming run is pinned to; of one that compares, the challenger, else the newest.'),
      champion: z
        .union([z.strictObject({ stage: HeldStage }), z.strictObject({ number: VersionNumber })])
        .optional()
        .describe('Which version a run that compares holds the challenger against; else the holder of the stage.'),
      retryOf: Id.optional().describe('A run of the same snapshot that failed, whose completed steps may be reused.'),
    }),
    response: z.object({
      run: Run,
      lease: z.object({ token: z.string(), expiresAt: Timestamp }),
      modelArtifacts: z.record(StepName, ArtifactRef).describe('Artifacts of the pinned version, by role.'),
    }),
    status: 201,
    creates: true,
    errors: [
      'project_not_found',
      'snapshot_not_found',
      'pipeline_is_served',
      'model_not_found',
      'model_version_not_found',
      'stage_empty',
      'no_champion',
      'comparison_refused',
      'run_not_found',
      'run_not_retryable',
    ],
  },
  heartbeatRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/heartbeat',
    summary: 'Renew the lease of a run, and hear whether somebody asked for its end.',
    action: 'run:write',
    params: inRun,
    body: leased,
    response: z.object({ expiresAt: Timestamp, cancelRequest: CancelRequest.nullable() }),
    errors: [...heldErrors],
  },
  ...stepRunRoutes,
  checkRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/check',
    summary: 'Ask whether a run that trains or compares could end well as it is, before anybody is told that it did.',
    action: 'run:write',
    params: inRun,
    body: leased,
    response: Run,
    errors: completeErrors,
  },
  completeRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/complete',
    summary: 'End a run well. A run that trains registers its new version in the same transaction.',
    action: 'run:write',
    params: inRun,
    body: leased.extend({ hooks: z.array(HookRun).max(100).default([]), metadata: metadata.default({}) }),
    response: Run,
    errors: completeErrors,
  },
  failRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/fail',
    summary: 'End a run that failed or is cancelled. It registers nothing.',
    action: 'run:write',
    params: inRun,
    body: leased.extend({
      status: z.enum(['failed', 'cancelled']).default('failed'),
      error: RunError,
      hooks: z.array(HookRun).max(100).default([]),
    }),
    response: Run,
    errors: [...heldErrors],
  },
  cancelRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/cancel',
    summary:
      'Ask for the end of a run. Its process hears it within seconds; a run whose process is gone is cancelled at once.',
    action: 'run:write',
    params: inRun,
    body: z.object({ reason: Reason.optional() }),
    response: Run,
    errors: ['project_not_found', 'run_not_found', 'run_not_running'],
  },
  listRuns: {
    method: 'GET',
    path: '/projects/{project}/runs',
    summary: 'List runs, newest first.',
    action: 'run:read',
    params: inProject,
    query: PageQuery.extend({ pipeline: z.string().max(100).optional(), status: RunStatus.optional() }),
    response: page(RunSummary),
    errors: ['project_not_found'],
  },
  showRun: {
    method: 'GET',
    path: '/projects/{project}/runs/{runId}',
    summary: 'Show a run with its steps.',
    action: 'run:read',
    params: inRun,
    response: Run,
    errors: ['project_not_found', 'run_not_found'],
  },
  ...runLogRoutes,
} as const satisfies Routes
