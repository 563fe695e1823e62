import { z } from 'zod'
import { Challenger, Rollout, SetChallenger, SetRollout } from './challengers.ts'
import { Held } from './changes.ts'
import { DeploymentFlavor, DeploymentSettings, DeploymentSettingsChange } from './deployment-settings.ts'
import { DeploymentTarget, ServiceReport } from './deployment-target.ts'
import { OptionalReason, VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { updatingDeployment } from './shared-errors.ts'
import { HeldStage } from './stages.ts'

/** After how long without a report a service counts as silent, in milliseconds. */
export const SILENT_AFTER_MS = 30_000

/** The most keys of one deployment that are not revoked. */
export const MAX_DEPLOYMENT_KEYS = 1_000

export const Deployment = z
  .object({
    id: Id,
    project: KebabName,
    name: KebabName,
    pipeline: KebabName,
    model: ModelName,
    stage: HeldStage.describe('It serves who holds this stage.'),
    flavor: DeploymentFlavor,
    settings: DeploymentSettings,
    rollout: SetRollout.nullable().describe('Null: who newly holds the stage answers alone at once.'),
    challenger: SetChallenger.nullable(),
    snapshotId: Id.describe('The pipeline as it was when the deployment was made or last updated.'),
    serviceAccount: z.string().describe('Who its service signs in as.'),
    state: z
      .enum(['never-seen', 'serving', 'at-fault', 'silent', 'stopped', 'deleted'])
      .describe('`silent`: it has not reported for 30 s. `stopped`: its last word was that it stops.'),
    report: ServiceReport.nullable().describe('What the service said last.'),
    reportedAt: Timestamp.nullable(),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    deletedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Deployment', description: 'A service that answers predictions with who holds a stage.' })
export type Deployment = z.infer<typeof Deployment>

/** A deployment with what became of the challenger before. */
export const DeploymentWithTakenOut = Deployment.extend({
  takenOut: z
    .object({ number: VersionNumber, at: Timestamp, by: z.string(), reason: z.string().nullable() })
    .nullable()
    .describe('The challenger that it had last, who took it out, and why. Null while one is set, or none ever was.'),
}).meta({ id: 'DeploymentWithTakenOut', description: 'A deployment, and what became of the challenger before.' })
export type DeploymentWithTakenOut = z.infer<typeof DeploymentWithTakenOut>

export const DeploymentKey = z
  .object({
    id: Id,
    name: KebabName,
    createdBy: z.string(),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'DeploymentKey', description: 'A key that lets an application ask a service.' })
export type DeploymentKey = z.infer<typeof DeploymentKey>

export const inDeployment = inProject.extend({ deployment: KebabName })

const withSecret = z.object({
  deployment: Deployment,
  serviceSecret: z.string().describe('API key of its service account, told once.'),
})

/** What answers with a secret does not take an `Idempotency-Key`: what such a key remembers is kept in the clear. */
export const deploymentRoutes = {
  createDeployment: {
    method: 'POST',
    path: '/projects/{project}/deployments',
    summary: 'Make a deployment. Answers once with the secret that its service signs in with.',
    action: 'deployment:write',
    params: inProject,
    body: z.strictObject({
      name: KebabName,
      snapshotId: Id.describe('Of a pipeline that serves a model, which it names.'),
      stage: HeldStage.default('production'),
      flavor: DeploymentFlavor.default('local'),
      settings: DeploymentSettings.prefault({}),
    }),
    response: withSecret,
    status: 201,
    errors: [
      'project_not_found',
      'model_not_found',
      'snapshot_not_found',
      'deployment_snapshot_unfit',
      'deployment_exists',
      'deployment_loosens',
      'identity_not_found',
    ],
  },
  listDeployments: {
    method: 'GET',
    path: '/projects/{project}/deployments',
    summary: 'List deployments by name.',
    action: 'deployment:read',
    params: inProject,
    query: PageQuery,
    response: page(Deployment),
    errors: ['project_not_found'],
  },
  showDeployment: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}',
    summary: 'Show a deployment with what its service said last, and why a challenger was taken out.',
    action: 'deployment:read',
    params: inDeployment,
    response: DeploymentWithTakenOut,
    errors: ['project_not_found', 'deployment_not_found'],
  },
  updateDeployment: {
    method: 'PATCH',
    path: '/projects/{project}/deployments/{deployment}',
    summary:
      'Change settings, the pipeline’s snapshot or the challenger of a deployment. What is left out stays. Held by four eyes when it lets more answer, or less be seen.',
    action: 'deployment:write',
    params: inDeployment,
    body: z.strictObject({
      settings: DeploymentSettingsChange.optional(),
      snapshotId: Id.optional(),
      rollout: Rollout.nullable()
        .optional()
        .describe('Null ends it: the holder answers alone. Set again, it begins again, also with what was held back.'),
      challenger: Challenger.nullable()
        .optional()
        .describe('Null ends it. A canary answers people, so that the policy of the stage must let it in.'),
      reason: OptionalReason,
    }),
    response: Deployment,
    held: Held,
    creates: true,
    errors: updatingDeployment,
  },
  deleteDeployment: {
    method: 'DELETE',
    path: '/projects/{project}/deployments/{deployment}',
    summary: 'End a deployment: its service stops, its keys die, its predictions stay traceable.',
    action: 'deployment:write',
    params: inDeployment,
    response: Deployment,
    errors: ['project_not_found', 'deployment_not_found'],
  },
  replaceServiceSecret: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/service-secret',
    summary:
      'Give the service a new secret. The old one ends at once, and the caller answers for the service from then on.',
    action: 'deployment:write',
    params: inDeployment,
    response: withSecret,
    status: 201,
    errors: ['project_not_found', 'deployment_not_found', 'identity_not_found'],
  },
  createDeploymentKey: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/keys',
    summary: 'Make a key for an application. Its secret is told once.',
    action: 'deployment:write',
    params: inDeployment,
    body: z.strictObject({ name: KebabName, expiresAt: Timestamp.nullable().default(null) }),
    response: z.object({ key: DeploymentKey, secret: z.string() }),
    status: 201,
    errors: ['project_not_found', 'deployment_not_found', 'deployment_key_exists', 'deployment_keys_full'],
  },
  listDeploymentKeys: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/keys',
    summary: 'List the keys of a deployment, newest first.',
    action: 'deployment:read',
    params: inDeployment,
    query: PageQuery,
    response: page(DeploymentKey),
    errors: ['project_not_found', 'deployment_not_found'],
  },
  revokeDeploymentKey: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/keys/{keyId}/revoke',
    summary: 'Revoke a key of a deployment.',
    action: 'deployment:write',
    params: inDeployment.extend({ keyId: Id }),
    response: DeploymentKey,
    errors: ['project_not_found', 'deployment_not_found', 'deployment_key_not_found'],
  },
  showDeploymentTarget: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/target',
    summary:
      'What the service has to do now; with `known` it waits until that is something else. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment,
    query: z.object({
      known: Sha256.optional().describe('The revision that the caller has.'),
      waitMs: z.coerce.number().int().min(0).max(30_000).default(0).describe('The longest to wait for another one.'),
    }),
    response: DeploymentTarget,
    errors: ['project_not_found', 'deployment_not_found'],
  },
  retreat: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/retreat',
    summary:
      'Because a guard broke: end the challenger, or hold back what newly holds the stage. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment,
    body: z.strictObject({
      number: VersionNumber.describe(
        'The version it is about. When another answers beside the champion by now, nothing happens.',
      ),
      reason: Reason,
    }),
    response: z.object({ revision: Sha256 }),
    errors: ['project_not_found', 'deployment_not_found'],
  },
  reportService: {
    method: 'PUT',
    path: '/projects/{project}/deployments/{deployment}/report',
    summary: 'A service says how it is, and hears the revision of now. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment,
    body: ServiceReport,
    telemetry: true,
    response: z.object({ revision: Sha256 }),
    errors: ['project_not_found', 'deployment_not_found'],
  },
} as const satisfies Routes
