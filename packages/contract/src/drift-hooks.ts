import { z } from 'zod'
import { inDeployment } from './deployments.ts'
import { heldErrors, inRun, leased } from './leased-runs.ts'
import { VersionNumber } from './models.ts'
import { DriftFinding, DriftSummary } from './monitoring.ts'
import { DriftLimits } from './monitoring-settings.ts'
import { Id, KebabName, ModelName, Sha256, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

/** A hook of one breach tells this many of what is beyond its limit; `breachCount` says how many there are. */
export const MOST_TOLD_BREACHES = 200

/** How long a drift hook may take. What has not said by then how it ended counts as timed out, or as lost. */
export const DRIFT_HOOK_TIMEOUT_MS = 60_000

const ofDeployment = z.object({
  kind: z.literal('deployment'),
  id: Id,
  name: KebabName,
  role: z.enum(['champion', 'canary', 'shadow']),
  windowId: Id,
})
const ofRun = z.object({ kind: z.literal('run'), id: Id, pipeline: z.string(), step: StepName })

/** A breach that began, as hooks are told of it. */
export const DriftNotice = z
  .object({
    source: z.discriminatedUnion('kind', [ofDeployment, ofRun]).describe('What answered: a service or a batch run.'),
    model: ModelName,
    number: VersionNumber.describe('The version that answered.'),
    digest: Sha256,
    rows: z.int().nonnegative().describe('Rows that were held against the profile.'),
    at: Timestamp.describe('When the workspace judged them.'),
    breaches: z.array(DriftFinding).max(MOST_TOLD_BREACHES),
    breachCount: z.int().positive(),
  })
  .meta({ id: 'DriftNotice', description: 'A breach that began, as hooks are told of it.' })
export type DriftNotice = z.output<typeof DriftNotice>

/** `lost`: its process ended without a word. Neither that nor `timed-out` is tried again. */
export const DriftHookState = z
  .enum(['waiting', 'running', 'done', 'failed', 'timed-out', 'lost'])
  .meta({ id: 'DriftHookState', description: 'What became of a hook that a breach calls.' })
export type DriftHookState = z.output<typeof DriftHookState>

export const DriftHookCall = z
  .object({
    id: Id,
    hook: z.string().max(300).describe('Path of the hook in the project.'),
    snapshotId: Id.describe('The snapshot that names it: which pipeline, which commit.'),
    notice: DriftNotice,
    state: DriftHookState,
    hookDigest: Sha256.nullable().describe('Of the file that was run.'),
    error: z.string().nullable(),
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'DriftHookCall', description: 'A hook that a breach calls, at most once.' })
export type DriftHookCall = z.output<typeof DriftHookCall>

/** How a hook ended. */
const ended = z.object({
  outcome: z.enum(['done', 'failed', 'timed-out']),
  error: z.string().max(20_000).nullable(),
  hookDigest: Sha256.nullable(),
})
export type DriftHookEnd = z.output<typeof ended>

const claimed = z.object({ call: DriftHookCall.nullable().describe('Null where none waits.') })
const ofCall = { callId: Id }

/** What the workspace says of the rows of a batch. */
export const JudgedDrift = z
  .object({
    level: z.enum(['too-few', 'ok', 'warn', 'breach']),
    findings: z.array(DriftFinding),
    limits: DriftLimits.describe('By which they were judged.'),
  })
  .meta({ id: 'JudgedDrift', description: 'What the workspace says of the rows of a batch.' })
export type JudgedDrift = z.output<typeof JudgedDrift>

/** What drift hooks take: who may run them, at most once each, and what became of them. */
export const driftHookRoutes = {
  reportRunDrift: {
    method: 'PUT',
    path: '/projects/{project}/runs/{runId}/drift',
    summary:
      'Have the workspace judge how the rows of a batch differ from the profile of the version, by the policy of its stage. A breach of one batch is told once.',
    action: 'run:write',
    params: inRun,
    body: leased.extend({
      step: StepName,
      batchId: Id.describe('The run that began the output: those that go on with it speak of the same batch.'),
      summary: DriftSummary,
    }),
    response: JudgedDrift,
    errors: [...heldErrors],
  },
  claimRunDriftHook: {
    method: 'POST',
    path: '/projects/{project}/runs/{runId}/drift-hooks/claim',
    summary: 'Take the next drift hook that waits of a run, or of a run that it retries: nobody else is given it.',
    action: 'run:write',
    params: inRun,
    body: leased,
    telemetry: true,
    response: claimed,
    errors: [...heldErrors],
  },
  endRunDriftHook: {
    method: 'PUT',
    path: '/projects/{project}/runs/{runId}/drift-hooks/{callId}',
    summary: 'Say how a drift hook of a run ended.',
    action: 'run:write',
    params: inRun.extend(ofCall),
    body: leased.extend(ended.shape),
    response: DriftHookCall,
    errors: [...heldErrors, 'drift_hook_not_found', 'drift_hook_not_running'],
  },
  claimDriftHook: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/drift-hooks/claim',
    summary:
      'Take the next drift hook that waits of a deployment: nobody else is given it. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment,
    telemetry: true,
    response: claimed,
    errors: ['project_not_found', 'deployment_not_found'],
  },
  endDriftHook: {
    method: 'PUT',
    path: '/projects/{project}/deployments/{deployment}/drift-hooks/{callId}',
    summary: 'Say how a drift hook of a deployment ended. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment.extend(ofCall),
    body: ended,
    response: DriftHookCall,
    errors: ['project_not_found', 'deployment_not_found', 'drift_hook_not_found', 'drift_hook_not_running'],
  },
  listDriftHooks: {
    method: 'GET',
    path: '/projects/{project}/drift-hooks',
    summary: 'List drift hooks that breaches called, latest first.',
    action: 'deployment:read',
    params: inProject,
    query: PageQuery.extend({ deployment: KebabName.optional(), runId: Id.optional() }),
    response: page(DriftHookCall),
    errors: ['project_not_found', 'deployment_not_found'],
  },
} as const satisfies Routes
