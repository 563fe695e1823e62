import { z } from 'zod'
import { inDeployment } from './deployments.ts'
import { VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'
import { Trace } from './trace.ts'

/** The id of a prediction: a UUIDv7 that a service gave, or `RUNID.ROW` of a batch, rows counted from 1. */
export const PredictionId = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(\.[1-9][0-9]{0,14})?$/,
    'must be a UUIDv7, or for a row of a batch RUNID.ROW',
  )
  .meta({ id: 'PredictionId', description: 'A UUIDv7, or `RUNID.ROW` of a batch.' })

/** How a part of a prediction log is laid out, for the service that writes it and the workspace that reads it. */
export const predictionPart = {
  columns: [
    'id',
    'at',
    'latency_us',
    'role',
    'version_number',
    'version_digest',
    'key',
    'subject',
    'inputs_hmac',
    'label',
    'sealed',
  ],
  /** Before the name of a feature. */
  featurePrefix: 'feature.',
  /** Before the name of a class. */
  probabilityPrefix: 'probability.',
  /** Rows that are read for one prediction. */
  rowGroupRows: 2_500,
  /** The most that a part may weigh. */
  mostBytes: 256 * 1024 * 1024,
  mostRows: 1_000_000,
  /** The most subjects of one part. */
  mostSubjects: 50_000,
  /** The longest time between the first and the last prediction of a part. */
  mostSpanMs: 26 * 3_600_000,
} as const

/** The most labels of one request. */
export const MAX_LABELS = 5_000

export const PredictionPart = z
  .object({
    id: Id,
    deploymentId: Id,
    digest: Sha256,
    sizeBytes: z.int().nonnegative(),
    rows: z.int().positive(),
    firstId: Id,
    lastId: Id,
    firstAt: Timestamp,
    lastAt: Timestamp,
    subjects: z.int().nonnegative().describe('Of how many subjects there is a key now.'),
    registeredAt: Timestamp,
    removedAt: Timestamp.nullable().describe('When it had reached its age and was removed.'),
  })
  .meta({ id: 'PredictionPart', description: 'A Parquet file with predictions of a service, by ascending id.' })
export type PredictionPart = z.infer<typeof PredictionPart>

/** How a prediction is kept. */
export const PredictionState = z
  .enum(['recorded', 'erased'])
  .meta({ id: 'PredictionState', description: '`erased`: the key of its subject was destroyed.' })

/** As what a version answered. */
export const PredictionRole = z.enum(['champion', 'canary', 'shadow'])
export type PredictionRole = z.infer<typeof PredictionRole>

const head = {
  id: PredictionId,
  state: PredictionState,
  deployment: z
    .object({ id: Id, name: KebabName, deletedAt: Timestamp.nullable() })
    .nullable()
    .describe('Null for a row of a batch.'),
  runId: Id.nullable().describe('The run of a row of a batch.'),
  at: Timestamp.nullable().describe('When it was asked; null for a row of a batch.'),
  role: PredictionRole.nullable().describe('A shadow’s answers were given to nobody.'),
  version: z.object({ model: ModelName, number: VersionNumber, digest: Sha256 }),
  file: z.object({ id: Id.nullable(), digest: Sha256 }).describe('The Parquet file that it stands in.'),
}

export const Prediction = z
  .object({
    ...head,
    latencyUs: z.number().nullable(),
    key: z.string().nullable().describe('What the request was routed by.'),
    subject: Sha256.nullable().describe('HMAC of whom it is about, under a key of the deployment.'),
    inputs: z.record(z.string(), z.number()).nullable().describe('Null where inputs are not recorded, or erased.'),
    inputsHmac: Sha256.nullable(),
    label: z.string().nullable(),
    probabilities: z.record(z.string(), z.number()).nullable(),
    truth: z
      .object({ label: z.string(), importedAt: Timestamp, importedBy: z.string() })
      .nullable()
      .describe('What it really was, imported later.'),
  })
  .meta({ id: 'Prediction', description: 'One prediction as it was recorded.' })
export type Prediction = z.infer<typeof Prediction>

export const PredictionTrace = z
  .object({
    prediction: z.object(head),
    trace: Trace.describe('From the version that answered back to data, code and commit.'),
  })
  .meta({ id: 'PredictionTrace', description: 'The way from a prediction back to data, code and commit.' })
export type PredictionTrace = z.infer<typeof PredictionTrace>

const Label = z.string().min(1).max(200)

export const LabelImport = z
  .object({
    imported: z.int().nonnegative(),
    unchanged: z.int().nonnegative().describe('Known already, with the same label.'),
    replaced: z.int().nonnegative(),
    unknown: z.array(z.string()).describe('Ids that are no predictions of this deployment. Nothing was kept for them.'),
    conflicting: z
      .array(z.object({ predictionId: PredictionId, label: Label, kept: Label }))
      .describe('Known already with another label, which was kept.'),
    noClass: z
      .array(z.object({ predictionId: PredictionId, label: Label, classes: z.array(Label) }))
      .describe('Labels that are none of the classes the version tells apart. Nothing was kept for them.'),
    erased: z.array(PredictionId).describe('Predictions about a subject that was erased. Nothing was kept for them.'),
  })
  .meta({ id: 'LabelImport', description: 'What became of labels.' })
export type LabelImport = z.infer<typeof LabelImport>

export const SubjectErasure = z
  .object({
    at: Timestamp,
    deployments: z.array(KebabName).describe('Where predictions about the subject were.'),
    parts: z.int().nonnegative().describe('In how many parts their keys were destroyed.'),
    labels: z.int().nonnegative().describe('How many labels of its predictions were deleted.'),
  })
  .meta({ id: 'SubjectErasure', description: 'The destruction of the keys of a subject.' })
export type SubjectErasure = z.infer<typeof SubjectErasure>

const inPrediction = inProject.extend({ predictionId: PredictionId })

const readingErrors = [
  'project_not_found',
  'prediction_not_found',
  'blob_not_found',
  'blob_damaged',
  'store_unreachable',
] as const

export const predictionRoutes = {
  registerPredictionPart: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/prediction-parts',
    summary:
      'Register a stored part of a service’s prediction log. Again with the same id and bytes it changes nothing. Only for the service itself.',
    action: 'deployment:serve',
    params: inDeployment,
    body: z.strictObject({
      id: Id,
      digest: Sha256,
      subjects: z
        .array(
          z.strictObject({
            subject: Sha256.describe('HMAC-SHA-256 of the subject under `inputsKey`.'),
            key: z.base64().length(44).describe('The 32 bytes that its rows of this part are encrypted under.'),
            firstAt: Timestamp.describe('Of its first prediction in the part.'),
          }),
        )
        .max(predictionPart.mostSubjects)
        .default([]),
    }),
    response: PredictionPart,
    status: 201,
    telemetry: true,
    errors: [
      'project_not_found',
      'deployment_not_found',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
      'prediction_part_invalid',
      'prediction_part_differs',
    ],
  },
  listPredictionParts: {
    method: 'GET',
    path: '/projects/{project}/deployments/{deployment}/prediction-parts',
    summary: 'List the parts of a deployment’s prediction log, newest first.',
    action: 'deployment:read',
    params: inDeployment,
    query: PageQuery,
    response: page(PredictionPart),
    errors: ['project_not_found', 'deployment_not_found'],
  },
  showPrediction: {
    method: 'GET',
    path: '/projects/{project}/predictions/{predictionId}',
    summary: 'Show a prediction as it was recorded.',
    action: 'prediction:read',
    params: inPrediction,
    response: Prediction,
    errors: readingErrors,
  },
  tracePrediction: {
    method: 'GET',
    path: '/projects/{project}/predictions/{predictionId}/trace',
    summary: 'Walk from a prediction over the version that answered back to data, code and commit.',
    action: 'model:read',
    params: inPrediction,
    response: PredictionTrace,
    errors: readingErrors,
  },
  importLabels: {
    method: 'POST',
    path: '/projects/{project}/deployments/{deployment}/labels',
    summary:
      'Say what predictions really were. A label that is known already stays, unless `replace` is true and another was given.',
    action: 'prediction:label',
    params: inDeployment,
    body: z.strictObject({
      labels: z
        .array(z.strictObject({ predictionId: z.string().min(1).max(200), label: Label }))
        .min(1)
        .max(MAX_LABELS),
      replace: z.boolean().default(false),
    }),
    response: LabelImport,
    errors: ['project_not_found', 'deployment_not_found', 'blob_not_found', 'blob_damaged', 'store_unreachable'],
  },
  eraseSubject: {
    method: 'POST',
    path: '/projects/{project}/subject-erasures',
    summary:
      'Destroy the keys of a subject, so that nobody can read what was predicted about it any more. The parts stay as they are, and those that are still on their way bring no key.',
    action: 'prediction:erase',
    params: inProject,
    body: z.strictObject({ subject: z.string().min(1).max(500), reason: Reason }),
    response: SubjectErasure,
    status: 201,
    errors: ['project_not_found', 'blob_not_found', 'blob_damaged', 'store_unreachable'],
  },
} as const satisfies Routes
