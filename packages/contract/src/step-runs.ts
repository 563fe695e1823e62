import { z } from 'zod'
import { ArtifactRef, ArtifactType, WhichArtifact } from './artifacts.ts'
import { heldErrors, inRun, leased, metadata } from './leased-runs.ts'
import { ArtifactName, Id, InputName, Sha256, StepName, Timestamp } from './names.ts'
import type { Routes } from './route.ts'
import { LogLine } from './run-logs.ts'

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

const inStep = inRun.extend({ step: StepName })
const stepHooks = z.array(HookRun).max(2).default([])

export const stepRunRoutes = {
  startStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/start',
    summary: 'Record that a step starts. What it reads follows from the snapshot; the answer names it.',
    action: 'run:write',
    params: inStep,
    body: leased,
    response: z.object({ startedAt: Timestamp, inputs: z.record(InputName, ArtifactRef) }),
    errors: [...heldErrors, 'run_cancel_requested', 'step_run_not_found', 'step_conflict', 'artifact_not_found'],
  },
  loadArtifact: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/load',
    summary: 'Record that a step that runs reads an artifact by its name. A step that asks for the cache may not.',
    action: 'run:write',
    params: inStep,
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
    params: inStep,
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
    params: inStep,
    body: leased.extend({ reason: z.string().min(1).max(2_000) }),
    response: z.object({ endedAt: Timestamp }),
    errors: [...heldErrors, 'step_run_not_found', 'step_conflict'],
  },
  retryStep: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/steps/{step}/retry',
    summary: 'Record that an attempt at a step failed and that another follows.',
    action: 'run:write',
    params: inStep,
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
    params: inStep,
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
    params: inStep,
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
} as const satisfies Routes
