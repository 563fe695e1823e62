import { z } from 'zod'
import { ArtifactName, GivenName, Id, Json, Sha256, StepName, Timestamp } from './names.ts'
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

/** A word that people file an artifact under. Garbage collection spares what has the tag `keep`. */
export const ArtifactTag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, dot, _ and -, and begin with a letter or digit')
  .meta({ id: 'ArtifactTag', description: 'A word that people file an artifact under.' })

/** The tag that garbage collection heeds. */
export const KEEP_TAG = 'keep'

const NoteName = z.string().min(1).max(200)
/** A note is read in lists and kept in the audit log; what is larger is an artifact of its own. */
const Note = Json.refine(
  (value) => JSON.stringify(value).length <= 10_000,
  'is longer than the 10,000 characters that a note may have as JSON: keep it as an artifact, and note its name',
)

/**
 * One version of an artifact: immutable bytes with where they came from. Equal bytes made again under a given name are the
 * same version, listed once for each time they were made. Tags and notes are the version's, and may change.
 */
export const ArtifactVersion = ArtifactRef.extend({
  metadata: z.record(z.string(), Json).describe('What whoever made it said of it; it never changes.'),
  tags: z.array(ArtifactTag),
  notes: z.record(NoteName, Json).describe('What people say of the version.'),
  producedBy: z
    .object({ runId: Id, step: StepName, output: StepName })
    .nullable()
    .describe('Null for data that was registered from outside.'),
  registeredBy: z.string().nullable().describe('Who registered it from outside.'),
  deleted: z
    .object({ at: Timestamp, by: z.string() })
    .nullable()
    .describe('When garbage collection took the bytes, and who ran it. The same bytes stored again end it.'),
  createdAt: Timestamp,
}).meta({ id: 'ArtifactVersion', description: 'Immutable bytes with where they came from.' })
export type ArtifactVersion = z.infer<typeof ArtifactVersion>

/** What was stored of some bytes. */
export const Blob = z
  .object({ digest: Sha256, sizeBytes: z.int().nonnegative() })
  .meta({ id: 'Blob', description: 'Stored bytes.' })
export type Blob = z.infer<typeof Blob>

/** Which version of a name: the newest, unless one of the two is given. */
export const WhichArtifact = z.object({
  version: z.coerce.number().int().positive().max(2_147_483_647).optional(),
  digest: Sha256.optional(),
})

const blob = inProject.extend({ sha256: Sha256 })

export const artifactRoutes = {
  putBlob: {
    method: 'PUT',
    path: '/projects/{project}/blobs/{sha256}',
    summary: 'Store bytes under their SHA-256. The server hashes them; bytes that do not match are not kept.',
    action: 'blob:write',
    params: blob,
    bytes: 'request',
    response: Blob,
    errors: ['project_not_found', 'blob_digest_mismatch', 'store_full', 'store_unreachable'],
  },
  showBlob: {
    method: 'GET',
    path: '/projects/{project}/blobs/{sha256}/info',
    summary: 'Whether bytes are stored in this project, whole, and how many.',
    action: 'blob:read',
    params: blob,
    response: Blob,
    errors: ['project_not_found', 'blob_not_found'],
  },
  getBlob: {
    method: 'GET',
    path: '/projects/{project}/blobs/{sha256}',
    summary: 'Read bytes. The reader checks their SHA-256.',
    action: 'blob:read',
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
    query: PageQuery.extend({
      name: ArtifactName.optional(),
      digest: Sha256.optional(),
      runId: Id.optional(),
      tag: ArtifactTag.optional(),
    }),
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
  findArtifact: {
    method: 'GET',
    path: '/projects/{project}/artifact-names/{name}',
    summary: 'Show a version of an artifact by its name: the newest, one by its number, or the one with these bytes.',
    action: 'artifact:read',
    params: inProject.extend({ name: ArtifactName }),
    query: WhichArtifact,
    response: ArtifactVersion,
    errors: ['project_not_found', 'artifact_not_found'],
  },
  registerArtifact: {
    method: 'POST',
    path: '/projects/{project}/artifacts',
    summary:
      'Give bytes from outside, stored before, a name. Bytes other than those of its newest version are a new one.',
    action: 'artifact:write',
    params: inProject,
    body: z.object({
      name: GivenName,
      type: ArtifactType,
      digest: Sha256,
      metadata: z.record(NoteName, Json).default({}),
      tags: z.array(ArtifactTag).max(50).default([]),
    }),
    response: ArtifactVersion,
    status: 201,
    creates: true,
    errors: ['project_not_found', 'blob_not_found', 'artifact_type_differs'],
  },
  annotateArtifact: {
    method: 'PATCH',
    path: '/projects/{project}/artifact-names/{name}/versions/{version}',
    summary: 'Tag a version of an artifact and take notes on it. What a run recorded of it stays as it is.',
    action: 'artifact:write',
    params: inProject.extend({ name: ArtifactName, version: z.coerce.number().int().positive() }),
    body: z.object({
      tag: z.array(ArtifactTag).max(50).default([]),
      untag: z.array(ArtifactTag).max(50).default([]),
      set: z.record(NoteName, Note).default({}).describe('Each at most 10,000 characters as JSON.'),
      unset: z.array(NoteName).max(200).default([]),
    }),
    response: ArtifactVersion,
    errors: ['project_not_found', 'artifact_not_found'],
  },
} as const satisfies Routes
