import { z } from 'zod'
import { ArtifactType, MediaType } from './artifacts.ts'
import {
  ArtifactName,
  Environment,
  GivenName,
  Id,
  Json,
  KebabName,
  ModelName,
  Sha256,
  StepName,
  Timestamp,
} from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

const stepSource = z.strictObject({
  from: z.literal('step'),
  step: StepName,
  output: StepName,
  optional: z.literal(true).optional().describe('The step also runs, without this input, when the other was skipped.'),
})
const modelSource = z.strictObject({
  from: z.literal('model'),
  role: StepName,
  of: z.literal('champion').optional().describe('Of the version that the pinned one is compared with.'),
})
const constantSource = z.strictObject({ from: z.literal('constant'), value: Json })
const requestsSource = z.strictObject({ from: z.literal('requests') })
const artifactSource = z.strictObject({ from: z.literal('artifact'), name: ArtifactName, digest: Sha256 })

/**
 * Where one value comes from: an output of an earlier step, an artifact of the pinned version, a registered artifact
 * with these very bytes, the snapshot itself, or, in a pipeline that is served, the requests that are answered.
 */
export const SingleSource = z.discriminatedUnion('from', [
  stepSource,
  modelSource,
  artifactSource,
  constantSource,
  requestsSource,
])
export type SingleSource = z.infer<typeof SingleSource>

/** Where a step's input comes from: one value, or a list of them. */
export const InputSource = z.discriminatedUnion('from', [
  stepSource,
  modelSource,
  artifactSource,
  constantSource,
  requestsSource,
  z.strictObject({ from: z.literal('list'), items: z.array(SingleSource).max(20_000) }),
])
export type InputSource = z.infer<typeof InputSource>

/** How often a step is tried, and how long it waits between: `delayMs`, then each time `factor` as long, with jitter. */
export const RetrySpec = z.strictObject({
  attempts: z.int().min(2).max(100).describe('In all, the first one too.'),
  delayMs: z.int().min(0).max(86_400_000),
  factor: z.number().min(1).max(100),
  maxDelayMs: z.int().min(0).max(86_400_000),
})
export type RetrySpec = z.infer<typeof RetrySpec>

/** What a step asks for of the machine it runs on. */
export const Resources = z.strictObject({
  cpus: z.number().positive().max(4_096).optional(),
  memoryMiB: z.int().positive().max(67_108_864).optional(),
})
export type Resources = z.infer<typeof Resources>

/** How a step is run; each is left out where the step has no need of it. */
const settings = {
  after: z.array(StepName).min(1).max(20_000).optional().describe('Steps that it waits for without reading them.'),
  when: z
    .strictObject({ step: StepName, output: StepName })
    .optional()
    .describe('It runs when this JSON output is true, and is skipped when it is false.'),
  retry: RetrySpec.optional(),
  timeoutMs: z.int().min(1).max(2_147_483_647).optional().describe('Of each attempt.'),
  cache: z.literal(true).optional().describe('An earlier result of the same code, parameters and inputs is taken.'),
  isolation: z.enum(['process', 'thread']).optional().describe('It runs in a process or a thread of its own.'),
  resources: Resources.optional(),
  hooks: z
    .array(z.enum(['success', 'failure']))
    .min(1)
    .max(2)
    .optional()
    .describe('When hooks of its author are called, besides those of the platform.'),
}

/** The program of a step that is one. */
export const StepCommand = z.strictObject({
  argv: z.array(z.string().max(10_000)).min(1).max(1_000),
  env: z.array(z.string().max(200)).max(100).describe('Names of the environment variables it gets.'),
  files: z.record(z.string().max(1_000), Sha256).describe('Digests of its own files, by path in the project.'),
})
export type StepCommand = z.infer<typeof StepCommand>

/** An output of a step: what its bytes are, and which of the project's own kinds when they are `bytes`. */
export const OutputSpec = z.strictObject({
  type: ArtifactType,
  kind: StepName.optional(),
  mediaType: MediaType.optional(),
  name: GivenName.optional().describe('What the artifact is called; else `pipeline.step.output`.'),
})
export type OutputSpec = z.infer<typeof OutputSpec>

/** One step as it was compiled. */
export const SnapshotStep = z.strictObject({
  name: StepName,
  inputs: z.record(StepName, InputSource),
  outputs: z.record(StepName, OutputSpec),
  parameters: z.record(z.string(), Json),
  command: StepCommand.optional(),
  ...settings,
})
export type SnapshotStep = z.infer<typeof SnapshotStep>

/** How a version is scored again: the label column of its evaluation table, and the class that counts as positive. */
export const EvaluationSpec = z.strictObject({
  target: z.string().min(1).max(200),
  positive: z.string().min(1).max(200),
})
export type EvaluationSpec = z.infer<typeof EvaluationSpec>

/**
 * What a pipeline does with a model: trains a version, consumes one, or compares two, pinned when the run starts; or
 * answers requests with one, when it is deployed.
 */
export const SnapshotModel = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('trains'),
    name: ModelName,
    /** Role → output. `model` and `evaluation` are needed for promotion; `metrics` is read into the version. */
    artifacts: z.record(StepName, z.strictObject({ step: StepName, output: StepName })),
    evaluation: EvaluationSpec,
  }),
  z.strictObject({ action: z.literal('consumes'), name: ModelName }),
  z.strictObject({
    action: z.literal('compares'),
    name: ModelName,
    comparison: z.strictObject({ step: StepName, output: StepName }).describe('The JSON that says what came of it.'),
  }),
  z.strictObject({
    action: z.literal('serves'),
    name: ModelName,
    answers: z.strictObject({ step: StepName, output: StepName }).describe('The JSON with an answer for each row.'),
  }),
])
export type SnapshotModel = z.infer<typeof SnapshotModel>

/** What a project depends on, as it was when a pipeline was compiled. Inert: nothing reads it but people and gates. */
export const Dependencies = z.strictObject({
  lockFile: Sha256.nullable().describe('Digest of the lock file; null when the project has none.'),
  packages: z
    .record(z.string().max(214), z.string().max(256))
    .describe('Direct dependencies with the installed version, else the range that is asked for.'),
})
export type Dependencies = z.infer<typeof Dependencies>

/** A compiled pipeline: inert, immutable, and known by the SHA-256 of its canonical JSON (RFC 8785). */
export const SnapshotSpec = z
  .strictObject({
    formatVersion: z.literal(1),
    pipeline: KebabName,
    environment: Environment,
    stack: KebabName,
    parameters: z.record(z.string(), Json),
    steps: z.array(SnapshotStep).min(1).max(20_000),
    model: SnapshotModel.nullable(),
    code: z.strictObject({
      digest: Sha256.describe('Of the project tree: path and SHA-256 of each file.'),
      commit: z
        .string()
        .regex(/^[0-9a-f]{40,64}$/)
        .nullable(),
      dirty: z.boolean().describe('Whether the tree differs from the commit.'),
      dependencies: Dependencies.optional(),
    }),
    hooks: z.strictObject({
      success: z.array(z.string()),
      failure: z.array(z.string()),
      drift: z.array(z.string()).min(1).optional().describe('Called of each breach of drift; left out where none is.'),
    }),
  })
  .meta({ id: 'SnapshotSpec', description: 'A compiled pipeline.' })
export type SnapshotSpec = z.infer<typeof SnapshotSpec>

export const Snapshot = z
  .object({
    id: Id,
    project: KebabName,
    digest: Sha256,
    createdBy: z.string(),
    createdAt: Timestamp,
    spec: SnapshotSpec,
  })
  .meta({ id: 'Snapshot', description: 'A compiled pipeline, stored.' })
export type Snapshot = z.infer<typeof Snapshot>

export const SnapshotSummary = Snapshot.omit({ spec: true })
  .extend({
    pipeline: KebabName,
    environment: Environment,
    stack: KebabName,
    commit: z.string().nullable(),
    dirty: z.boolean(),
  })
  .meta({ id: 'SnapshotSummary' })
export type SnapshotSummary = z.infer<typeof SnapshotSummary>

/** A pipeline that has at least one snapshot. */
export const Pipeline = z
  .object({
    name: KebabName,
    project: KebabName,
    snapshots: z.int().nonnegative(),
    latestSnapshotId: Id,
    createdAt: Timestamp,
  })
  .meta({ id: 'Pipeline', description: 'A pipeline that has at least one snapshot.' })
export type Pipeline = z.infer<typeof Pipeline>

export const pipelineRoutes = {
  createSnapshot: {
    method: 'POST',
    path: '/projects/{project}/snapshots',
    summary: 'Store a compiled pipeline. The same specification gives the same snapshot.',
    action: 'pipeline:write',
    params: inProject,
    body: SnapshotSpec,
    response: Snapshot,
    status: 201,
    creates: true,
    errors: ['project_not_found', 'stack_not_found', 'snapshot_invalid'],
  },
  listSnapshots: {
    method: 'GET',
    path: '/projects/{project}/snapshots',
    summary: 'List snapshots, newest first.',
    action: 'pipeline:read',
    params: inProject,
    query: PageQuery.extend({ pipeline: KebabName.optional() }),
    response: page(SnapshotSummary),
    errors: ['project_not_found'],
  },
  showSnapshot: {
    method: 'GET',
    path: '/projects/{project}/snapshots/{snapshotId}',
    summary: 'Show a snapshot.',
    action: 'pipeline:read',
    params: inProject.extend({ snapshotId: Id }),
    response: Snapshot,
    errors: ['project_not_found', 'snapshot_not_found'],
  },
  listPipelines: {
    method: 'GET',
    path: '/projects/{project}/pipelines',
    summary: 'List pipelines by name.',
    action: 'pipeline:read',
    params: inProject,
    query: PageQuery,
    response: page(Pipeline),
    errors: ['project_not_found'],
  },
  showPipeline: {
    method: 'GET',
    path: '/projects/{project}/pipelines/{pipeline}',
    summary: 'Show a pipeline.',
    action: 'pipeline:read',
    params: inProject.extend({ pipeline: KebabName }),
    response: Pipeline,
    errors: ['project_not_found', 'pipeline_not_found'],
  },
} as const satisfies Routes
