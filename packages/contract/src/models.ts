import { z } from 'zod'
import { ArtifactRef } from './artifacts.ts'
import { Evidence } from './evidence.ts'
import { Id, Json, KebabName, ModelName, Reason, Sha256, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { EvaluationSpec } from './pipelines.ts'
import { inProject } from './projects.ts'
import { Destination } from './receipts.ts'
import type { Routes } from './route.ts'
import { HeldStage, Stage } from './stages.ts'

export const VersionNumber = z
  .int()
  .positive()
  .meta({ id: 'VersionNumber', description: 'Number of a model version in its workspace.' })

/** Where a version comes from: for one trained here, this workspace itself; for an imported one, the other. */
export const VersionSource = z
  .object({
    workspace: KebabName,
    project: KebabName,
    model: ModelName,
    number: VersionNumber.describe('Its number there.'),
    runId: Id.describe('The training run.'),
    pipeline: KebabName,
    snapshotDigest: Sha256,
    commit: z.string().nullable(),
    dirty: z.boolean(),
    trainedAt: Timestamp,
    bundleDigest: Sha256.nullable().describe('Null for a version trained here.'),
    promotionId: Id.nullable(),
  })
  .meta({ id: 'VersionSource', description: 'Where a version comes from.' })
export type VersionSource = z.infer<typeof VersionSource>

/** What bars a version from every stage and every bundle, until it is released by name; a recall is for good. */
export const VersionMark = z
  .object({
    mark: z.enum(['rejected', 'rolled-back', 'recalled']),
    reason: z.string(),
    at: Timestamp,
    by: z.string(),
    recallId: Id.nullable(),
  })
  .meta({ id: 'VersionMark', description: 'What bars a version from every stage and every bundle.' })
export type VersionMark = z.infer<typeof VersionMark>

export const ModelVersion = z
  .object({
    id: Id,
    project: KebabName,
    model: ModelName,
    number: VersionNumber,
    stage: Stage,
    digest: Sha256.describe('SHA-256 of the ONNX file.'),
    metrics: z.record(z.string(), z.number()),
    parameters: z.record(z.string(), Json).describe('Hyperparameters of the training run.'),
    artifacts: z.record(StepName, ArtifactRef).describe('By role: `model`, `evaluation` and what else was returned.'),
    evaluation: EvaluationSpec,
    evidence: Evidence,
    source: VersionSource,
    marks: z.array(VersionMark).describe('What bars it now; empty for most.'),
    createdBy: z.string(),
    createdAt: Timestamp.describe('When this workspace registered it.'),
  })
  .meta({ id: 'ModelVersion', description: 'A version of a model.' })
export type ModelVersion = z.infer<typeof ModelVersion>

/** A version with the workspaces it was imported into. */
export const ModelVersionWithDestinations = ModelVersion.extend({
  destinations: z.array(Destination).describe('Where receipts say it lives, newest first.'),
}).meta({ id: 'ModelVersionWithDestinations', description: 'A version of a model, and where it was imported.' })
export type ModelVersionWithDestinations = z.infer<typeof ModelVersionWithDestinations>

export const Model = z
  .object({
    name: ModelName,
    project: KebabName,
    latestNumber: VersionNumber,
    stages: z.object({ staging: VersionNumber.nullable(), production: VersionNumber.nullable() }),
    createdAt: Timestamp,
  })
  .meta({ id: 'Model', description: 'A model and who holds its stages.' })
export type Model = z.infer<typeof Model>

/** One change of a stage's holder. */
export const StageChange = z
  .object({
    id: Id,
    model: ModelName,
    stage: HeldStage,
    act: z.enum(['promote', 'import', 'rollback']),
    number: VersionNumber.describe('Who holds the stage from now on.'),
    sourceNumber: VersionNumber.describe("That version's number where it was trained."),
    digest: Sha256,
    previousNumber: VersionNumber.nullable().describe('Who held it until now.'),
    at: Timestamp,
    by: z.string(),
    reason: z.string().nullable(),
    promotionId: Id.nullable(),
    policyVersion: z.int().positive().describe('Version of the policy that let it in.'),
  })
  .meta({ id: 'StageChange', description: "One change of a stage's holder." })
export type StageChange = z.infer<typeof StageChange>

export const inModel = inProject.extend({ model: ModelName })
const oneVersion = inModel.extend({ number: z.coerce.number().int().positive() })

export const modelRoutes = {
  listModels: {
    method: 'GET',
    path: '/projects/{project}/models',
    summary: 'List models by name.',
    action: 'model:read',
    params: inProject,
    query: PageQuery,
    response: page(Model),
    errors: ['project_not_found'],
  },
  showModel: {
    method: 'GET',
    path: '/projects/{project}/models/{model}',
    summary: 'Show a model.',
    action: 'model:read',
    params: inModel,
    response: Model,
    errors: ['project_not_found', 'model_not_found'],
  },
  listModelVersions: {
    method: 'GET',
    path: '/projects/{project}/models/{model}/versions',
    summary: 'List versions of a model, newest first.',
    action: 'model:read',
    params: inModel,
    query: PageQuery.extend({ stage: Stage.optional() }),
    response: page(ModelVersion),
    errors: ['project_not_found', 'model_not_found'],
  },
  showModelVersion: {
    method: 'GET',
    path: '/projects/{project}/models/{model}/versions/{number}',
    summary: 'Show a version of a model.',
    action: 'model:read',
    params: oneVersion,
    response: ModelVersionWithDestinations,
    errors: ['project_not_found', 'model_not_found', 'model_version_not_found'],
  },
  rejectModelVersion: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/versions/{number}/reject',
    summary: 'Bar a version everywhere: from promotion, export, import, and as the target of a rollback.',
    action: 'model:reject',
    params: oneVersion,
    body: z.object({ reason: Reason }),
    response: ModelVersion,
    errors: ['project_not_found', 'model_not_found', 'model_version_not_found', 'version_in_stage'],
  },
  releaseModelVersion: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/versions/{number}/release',
    summary: 'Lift a rejection, as another person than who rejected, and the mark of a rollback.',
    action: 'model:release',
    params: oneVersion,
    body: z.object({ reason: Reason }),
    response: ModelVersion,
    errors: [
      'project_not_found',
      'model_not_found',
      'model_version_not_found',
      'version_not_marked',
      'version_recalled',
      'release_by_rejecter',
    ],
  },
  listStageChanges: {
    method: 'GET',
    path: '/projects/{project}/models/{model}/history',
    summary: 'Who held which stage when, newest first.',
    action: 'model:read',
    params: inModel,
    query: PageQuery.extend({ stage: HeldStage.optional() }),
    response: page(StageChange),
    errors: ['project_not_found', 'model_not_found'],
  },
} as const satisfies Routes

/** What a person may say about a change of stage. */
export const OptionalReason = Reason.nullable().default(null)
