import { type artifactRoutes, PlatformError } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { annotateArtifact } from './annotate.ts'
import { storedFault } from './blob-fault.ts'
import { noBlob, openBlob, putBlob, wantBlob } from './blobs.ts'
import { existingNamed } from './existing.ts'
import { registerExternal } from './register-external.ts'
import { findArtifact, listArtifacts } from './store.ts'

export const artifactHandlers = (deps: Deps): Handlers<typeof artifactRoutes> => ({
  putBlob: ({ project, sha256, body }) => putBlob(deps, { project, digest: sha256 }, body),
  showBlob: async ({ project, sha256: digest }) => {
    const blob = await wantBlob(deps, { project, digest })
    if (!blob) throw await noBlob(deps.db, { project, digest })
    const fault = await storedFault(deps, blob)
    if (fault) throw new PlatformError('blob_not_found', `What was stored as ${digest} ${fault}. Store it again.`)
    return blob
  },
  getBlob: async ({ project, sha256 }) => ReadableStream.from(await openBlob(deps, { project, digest: sha256 })),
  listArtifacts: ({ project, name, digest, runId, tag, ...page }) =>
    listArtifacts(deps.db, { project, name, digest, runId, tag }, page),
  findArtifact: ({ project, name, ...which }) => existingNamed(deps.db, { project, name }, which),
  registerArtifact: (tx, { project, body }, by) => registerExternal(tx, deps, { project, ...body }, by),
  annotateArtifact: ({ body, ...at }, by) => annotateArtifact(deps, at, body, by),
  showArtifact: async ({ project, artifactId }) => {
    const found = await findArtifact(deps.db, project, artifactId)
    if (!found) throw new PlatformError('artifact_not_found', `The project ${project} has no artifact ${artifactId}.`)
    return found
  },
})
