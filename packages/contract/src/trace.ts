import { z } from 'zod'
import { ArtifactType } from './artifacts.ts'
import { BundleFile, ComputedBy, LineageSource } from './manifest.ts'
import { StageChange, VersionNumber, VersionSource } from './models.ts'
import { Id, InputName, Json, KebabName, ModelName, Sha256, StepName, Timestamp } from './names.ts'
import { inProject } from './projects.ts'
import { Promotion } from './promotions.ts'
import type { Routes } from './route.ts'
import { HeldStage, Stage } from './stages.ts'

/** What can be traced. */
export const TraceKind = z
  .enum(['version', 'artifact', 'bundle', 'run', 'promotion', 'snapshot', 'commit'])
  .meta({ id: 'TraceKind', description: 'What can be traced.' })
export type TraceKind = z.infer<typeof TraceKind>

const parameters = z.record(z.string(), Json)

export const TraceArtifact = z
  .object({
    id: Id.describe('Its id in the workspace it was made in.'),
    digest: Sha256,
    type: ArtifactType.nullable(),
    sizeBytes: z.int().nonnegative().nullable(),
    from: z
      .object({ step: StepName, output: StepName })
      .nullable()
      .describe('The step of the same run that made it; null for what came from outside the run.'),
  })
  .meta({ id: 'TraceArtifact', description: 'Bytes that a step read or made.' })
export type TraceArtifact = z.infer<typeof TraceArtifact>

export const TraceStep = z
  .object({
    name: StepName,
    parameters,
    inputs: z.record(InputName, TraceArtifact),
    outputs: z.record(StepName, TraceArtifact),
    metadata: z.record(z.string(), Json),
    startedAt: Timestamp,
    endedAt: Timestamp.nullable(),
    computedBy: ComputedBy.nullable().describe(
      'The run that did the work, of a step that was taken from the cache or from the run that was retried.',
    ),
  })
  .meta({ id: 'TraceStep', description: 'One step with what it read and made, by digest.' })
export type TraceStep = z.infer<typeof TraceStep>

export const TraceRun = z
  .object({
    sources: z
      .array(LineageSource)
      .describe('What it read and did not make, and what that was made from: data from outside, and of other runs.'),
    id: Id,
    workspace: KebabName.describe('Where it ran.'),
    pipeline: z.string(),
    environment: z.string(),
    stack: z.string().nullable(),
    startedBy: z.string(),
    startedAt: Timestamp,
    endedAt: Timestamp.nullable(),
    snapshotDigest: Sha256.nullable().describe('Null for the platform’s own runs.'),
    commit: z.string().nullable(),
    dirty: z.boolean().describe('Whether the tree differed from the commit.'),
    codeDigest: Sha256.nullable(),
    parameters,
    steps: z.array(TraceStep).describe('In the order in which they began.'),
  })
  .meta({ id: 'TraceRun', description: 'A run, down to the bytes of each step.' })
export type TraceRun = z.infer<typeof TraceRun>

export const TraceVersion = z
  .object({
    id: Id,
    model: ModelName,
    number: VersionNumber,
    stage: Stage,
    digest: Sha256,
    metrics: z.record(z.string(), z.number()),
    registeredAt: Timestamp,
    registeredBy: z.string(),
    source: VersionSource,
  })
  .meta({ id: 'TraceVersion', description: 'A version of a model, as a trace tells of it.' })
export type TraceVersion = z.infer<typeof TraceVersion>

/** The way from a version, an artifact, a bundle or a run back to data, code and commit. */
export const Trace = z
  .object({
    ref: z.object({ text: z.string(), kind: TraceKind, id: z.string().describe('What it was found by.') }),
    workspace: KebabName,
    project: KebabName,
    version: TraceVersion.nullable().describe('The version it is, made, was pinned to, or belongs to.'),
    stages: z.array(StageChange).describe('What that version was given, oldest first.'),
    policy: z
      .object({ name: KebabName, stage: HeldStage, version: z.int().positive(), digest: Sha256 })
      .nullable()
      .describe('The policy that let it into its last stage.'),
    promotion: Promotion.nullable().describe('What brought it in from another workspace, with its approvals.'),
    bundle: z
      .object({
        digest: Sha256,
        uri: z.string(),
        keyHint: Sha256.nullable().describe('The key that signed it; null while it was not verified.'),
        files: z.array(BundleFile),
      })
      .nullable(),
    training: TraceRun.nullable().describe('Of an imported version: as its bundle tells.'),
    run: TraceRun.nullable().describe(
      'The run that was asked for or made the artifact, where it did not train the version.',
    ),
    artifact: TraceArtifact.extend({ runId: Id.nullable(), name: z.string().nullable() }).nullable(),
    data: z
      .array(z.object({ step: StepName, output: StepName, id: Id, digest: Sha256 }))
      .describe('What steps that read nothing brought into the training: its data.'),
    versions: z
      .array(z.object({ model: ModelName, number: VersionNumber, stage: Stage }))
      .max(50)
      .describe('The newest versions that stand on what was asked for, newest first.'),
  })
  .meta({ id: 'Trace', description: 'The way back to data, code and commit.' })
export type Trace = z.infer<typeof Trace>

export const traceRoutes = {
  trace: {
    method: 'GET',
    path: '/projects/{project}/trace',
    summary: 'Walk from a version, artifact, bundle, run or promotion back to data, code and commit.',
    action: 'model:read',
    params: inProject,
    query: z.object({
      ref: z
        .string()
        .min(1)
        .max(300)
        .describe(
          '`MODEL/NUMBER`, `MODEL/STAGE` or `MODEL` (who holds production); the id of a version, artifact, run or promotion; the SHA-256 of an artifact, bundle or snapshot; a git commit.',
        ),
    }),
    response: Trace,
    errors: [
      'project_not_found',
      'trace_ref_not_found',
      'stage_empty',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
    ],
  },
} as const satisfies Routes
