import { z } from 'zod'
import { ArtifactName, Id, Json, Sha256, StepName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

/**
 * What an artifact's bytes are: Parquet, ONNX, JSON, UTF-8 text, or bytes that only the steps of a project can read.
 * Nothing that is evaluated.
 */
export const ArtifactType = z
  .enum(['table', 'model', 'json', 'text', 'bytes'])
  .meta({ id: 'ArtifactType', description: 'What the bytes are: Parquet, ONNX, JSON, text, or bytes of another kind.' })
export type ArtifactType = z.infer<typeof ArtifactType>

// Law 5: what is run, rendered or unpickled does not travel with a model.
const evaluated = /javascript|ecmascript|html|svg|wasm|pickle|x-python|x-sh|executable|java-archive/

/** What bytes of another kind are, as `image/png`. Nothing that is run, rendered or unpickled. */
export const MediaType = z
  .string()
  .max(127)
  .regex(/^[a-z]+\/[a-z0-9][a-z0-9.+_-]*$/, 'must be a media type in small letters, as application/x-ndjson')
  .refine((type) => !evaluated.test(type), 'must be data: what is run, rendered or unpickled is not stored')

/** Which artifact, and which bytes. */
export const ArtifactRef = z
  .object({
    id: Id,
    name: ArtifactName,
    version: z.int().positive(),
    type: ArtifactType,
    digest: Sha256,
    sizeBytes: z.int().nonnegative(),
  })
  .meta({ id: 'ArtifactRef', description: 'Which artifact, and which bytes.' })
export type ArtifactRef = z.infer<typeof ArtifactRef>

/** One version of an artifact: immutable bytes with where they came from. */
export const ArtifactVersion = ArtifactRef.extend({
  metadata: z.record(z.string(), Json),
  producedBy: z.object({ runId: Id, step: StepName, output: StepName }).nullable(),
  createdAt: Timestamp,
}).meta({ id: 'ArtifactVersion', description: 'Immutable bytes with where they came from.' })
export type ArtifactVersion = z.infer<typeof ArtifactVersion>

/** What was stored of some bytes. */
export const Blob = z
  .object({ digest: Sha256, sizeBytes: z.int().nonnegative() })
  .meta({ id: 'Blob', description: 'Stored bytes.' })
export type Blob = z.infer<typeof Blob>

const blob = inProject.extend({ sha256: Sha256 })

export const artifactRoutes = {
  putBlob: {
    method: 'PUT',
    path: '/projects/{project}/blobs/{sha256}',
    summary: 'Store bytes under their SHA-256. The server hashes them; bytes that do not match are not kept.',
    action: 'artifact:write',
    params: blob,
    bytes: 'request',
    response: Blob,
    errors: ['project_not_found', 'blob_digest_mismatch', 'store_full', 'store_unreachable'],
  },
  showBlob: {
    method: 'GET',
    path: '/projects/{project}/blobs/{sha256}/info',
    summary: 'Whether bytes are stored in this project, whole, and how many.',
    action: 'artifact:read',
    params: blob,
    response: Blob,
    errors: ['project_not_found', 'blob_not_found'],
  },
  getBlob: {
    method: 'GET',
    path: '/projects/{project}/blobs/{sha256}',
    summary: 'Read bytes. The reader checks their SHA-256.',
    action: 'artifact:read',
    params: blob,
    bytes: 'response',
    response: z.unknown(),
    errors: ['project_not_found', 'blob_not_found', 'blob_damaged', 'store_unreachable'],
  },
  listArtifacts: {
    method: 'GET',
    path: '/projects/{project}/artifacts',
    summary: 'List artifact versions, newest first.',
    action: 'artifact:read',
    params: inProject,
    query: PageQuery.extend({ name: ArtifactName.optional(), digest: Sha256.optional(), runId: Id.optional() }),
    response: page(ArtifactVersion),
    errors: ['project_not_found'],
  },
  showArtifact: {
    method: 'GET',
    path: '/projects/{project}/artifacts/{artifactId}',
    summary: 'Show an artifact version.',
    action: 'artifact:read',
    params: inProject.extend({ artifactId: Id }),
    response: ArtifactVersion,
    errors: ['project_not_found', 'artifact_not_found'],
  },
} as const satisfies Routes
