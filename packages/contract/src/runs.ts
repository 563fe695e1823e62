import { z } from 'zod'
import { ArtifactRef, ArtifactType, WhichArtifact } from './artifacts.ts'
import { Grade } from './evidence.ts'
import { VersionNumber } from './models.ts'
import {
  ArtifactName,
  Environment,
  Id,
  InputName,
  Json,
  KebabName,
  Labels,
  ModelName,
  Reason,
  Sha256,
  StepName,
  Timestamp,
} from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { HeldStage } from './stages.ts'

/** `lost`: its process died or stopped renewing its lease. `cancelled`: somebody asked for its end. */
export const RunStatus = z.enum(['running', 'completed', 'failed', 'lost', 'cancelled']).meta({ id: 'RunStatus' })
export type RunStatus = z.infer<typeof RunStatus>

const metadata = z.record(z.string().max(200), Json)

/** What went wrong, for people. */
export const RunError = z.object({ step: StepName.nullable(), message: z.string().max(20_000) })
export type RunError = z.infer<typeof RunError>

export const LogLine = z.object({
  at: Timestamp,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string().max(10_000),
  fields: z.record(z.string().max(200), Json).optional().describe('What the line says as data.'),
})
export type LogLine = z.infer<typeof LogLine>

/** `cached`: the result of an earlier run was taken. `skipped`: its condition, or what it depends on, said no. */
export const StepStatus = z
  .enum(['running', 'completed', 'failed', 'lost', 'cached', 'skipped', 'cancelled'])
  .meta({ id: 'StepStatus' })
export type StepStatus = z.infer<typeof StepStatus>

/** An attempt at a step that failed and was followed by another. */
export const FailedAttempt = z.object({
  endedAt: Timestamp,
  error: z.string().max(20_000),
  delayMs: z.int().nonnegative().describe('How long the next attempt waited.'),
})
export type FailedAttempt = z.infer<typeof FailedAttempt>

/** A hook that ran, once, at the end of its run or step. */
export const HookRun = z.object({
  name: z.string().max(300),
  on: z.enum(['success', 'failure']),
  outcome: z.enum(['done', 'failed']),
  error: z.string().nullable(),
})
export type HookRun = z.infer<typeof HookRun>

export const StepRun = z
  .object({
    name: StepName,
    status: StepStatus,
    startedAt: Timestamp,
    endedAt: Timestamp.nullable(),
    inputs: z.record(InputName, ArtifactRef),
    outputs: z.record(StepName, ArtifactRef),
    metadata,
    error: z.string().nullable(),
    earlierAttempts: z.array(FailedAttempt).describe('Attempts that failed before the one that tells.'),
    hooks: z
      .array(HookRun)
      .describe('Of its author: `onSuccess`, `onFailure`. Those of the platform stand in the run.'),
    skipReason: z.string().nullable(),
    cacheKey: Sha256.nullable().describe('Of its code, parameters and inputs; null for a step that is not cached.'),
    cachedFrom: Id.nullable().describe('The run whose result was taken, of a step that is `cached`.'),
  })
  .meta({ id: 'StepRun', description: 'One step of a run.' })
export type StepRun = z.infer<typeof StepRun>

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

const one = inProject.extend({ runId: Id })
const oneStep = one.extend({ step: StepName })
/** What everything that writes into a run can answer. */
const heldErrors = ['project_not_found', 'run_not_found', 'run_lease_lost', 'run_not_running'] as const
const stepHooks = z.array(HookRun).max(2).default([])
const leased = z.object({ leaseToken: z.string().max(100) })

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
    params: one,
    body: leased,
    response: z.object({ expiresAt: Timestamp, cancelRequest: CancelRequest.nullable() }),
    errors: [...heldErrors],
  },
  startStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/start',
    summary: 'Record that a step starts. What it reads follows from the snapshot; the answer names it.',
    action: 'run:write',
    params: oneStep,
    body: leased,
    response: z.object({ startedAt: Timestamp, inputs: z.record(InputName, ArtifactRef) }),
    errors: [...heldErrors, 'run_cancel_requested', 'step_run_not_found', 'step_conflict', 'artifact_not_found'],
  },
  loadArtifact: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/load',
    summary: 'Record that a step that runs reads an artifact by its name. A step that asks for the cache may not.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({ name: ArtifactName, ...WhichArtifact.shape }),
    response: z.object({ input: InputName, artifact: ArtifactRef }),
    errors: [...heldErrors, 'run_cancel_requested', 'step_run_not_found', 'step_conflict', 'artifact_not_found'],
  },
  reuseStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/reuse',
    summary:
      'Take what a step made in the run that this one retries, instead of running it. It must have read the same bytes, and what it made must still be there.',
    action: 'run:write',
    params: oneStep,
    body: leased,
    response: z.object({ fromRunId: Id.describe('Where it was run.'), outputs: z.record(StepName, ArtifactRef) }),
    errors: [
      ...heldErrors,
      'run_cancel_requested',
      'step_run_not_found',
      'step_conflict',
      'step_not_reusable',
      'artifact_not_found',
      'artifact_type_differs',
    ],
  },
  skipStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/skip',
    summary: 'Record that a step is skipped: one with a condition, or one that depends on a step that was skipped.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({ reason: z.string().min(1).max(2_000) }),
    response: z.object({ endedAt: Timestamp }),
    errors: [...heldErrors, 'step_run_not_found', 'step_conflict'],
  },
  retryStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/retry',
    summary: 'Record that an attempt at a step failed and that another follows.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({
      error: z.string().max(20_000),
      delayMs: z.int().nonnegative(),
      logs: z.array(LogLine).max(10_000).default([]),
    }),
    response: z.object({ attempt: z.int().describe('Number of the attempt that follows; the first was 1.') }),
    errors: [...heldErrors, 'step_run_not_found', 'step_conflict'],
  },
  completeStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/complete',
    summary: 'Record what a step made. Its bytes were uploaded before.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({
      outputs: z
        .record(StepName, z.object({ type: ArtifactType, digest: Sha256, metadata: metadata.default({}) }))
        .default({}),
      metadata: metadata.default({}),
      hooks: stepHooks,
      logs: z.array(LogLine).max(10_000).default([]),
      cacheKey: Sha256.optional(),
    }),
    response: z.object({ outputs: z.record(StepName, ArtifactRef) }),
    errors: [...heldErrors, 'step_run_not_found', 'step_conflict', 'blob_not_found', 'artifact_type_differs'],
  },
  failStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/fail',
    summary: 'Record that a step failed, or was left because the run is cancelled.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({
      status: z.enum(['failed', 'cancelled']).default('failed'),
      error: z.string().max(20_000),
      metadata: metadata.default({}),
      hooks: stepHooks,
      logs: z.array(LogLine).max(10_000).default([]),
    }),
    response: z.object({ endedAt: Timestamp }),
    errors: [...heldErrors, 'step_run_not_found', 'step_conflict'],
  },
  appendLogs: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/logs',
    summary: 'Append lines to the log of a step.',
    action: 'run:write',
    params: oneStep,
    body: leased.extend({ lines: z.array(LogLine).min(1).max(10_000) }),
    response: z.object({ appended: z.int() }),
    errors: [...heldErrors, 'step_run_not_found'],
  },
  completeRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/complete',
    summary: 'End a run well. A run that trains registers its new version in the same transaction.',
    action: 'run:write',
    params: one,
    body: leased.extend({ hooks: z.array(HookRun).max(100).default([]), metadata: metadata.default({}) }),
    response: Run,
    errors: [
      ...heldErrors,
      'run_cancel_requested',
      'run_incomplete',
      'model_invalid',
      'comparison_refused',
      'blob_damaged',
      'store_unreachable',
    ],
  },
  failRun: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/fail',
    summary: 'End a run that failed or is cancelled. It registers nothing.',
    action: 'run:write',
    params: one,
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
    params: one,
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
    params: one,
    response: Run,
    errors: ['project_not_found', 'run_not_found'],
  },
  listLogs: {
    method: 'GET',
    path: '/projects/{project}/runs/{runId}/logs',
    summary: 'Read the logs of a run, oldest first.',
    action: 'run:read',
    params: one,
    query: PageQuery.extend({
      step: StepName.optional(),
      level: LogLine.shape.level.optional().describe('Of this level and above.'),
      after: z.coerce.number().int().nonnegative().optional().describe('`line` of the last that was read.'),
    }),
    response: page(LogLine.extend({ line: z.int().describe('Counts within the run.'), step: StepName })),
    errors: ['project_not_found', 'run_not_found'],
  },
} as const satisfies Routes
