import { type artifactRoutes, PlatformError } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { blobFault } from './blob-fault.ts'
import { openBlob, putBlob } from './blobs.ts'
import { findArtifact, findBlob, listArtifacts } from './store.ts'

export const artifactHandlers = (deps: Deps): Handlers<typeof artifactRoutes> => ({
  putBlob: ({ project, sha256, body }) => putBlob(deps, { project, digest: sha256 }, body),
  showBlob: async ({ project, sha256 }) => {
    const blob = await findBlob(deps.db, project, sha256)
    if (!blob) throw new PlatformError('blob_not_found', `The project ${project} has no bytes ${sha256}.`)
    const fault = await blobFault(deps, blob)
    if (fault) throw new PlatformError('blob_not_found', `What was stored as ${sha256} ${fault}. Store it again.`)
    return blob
  },
  getBlob: async ({ project, sha256 }) => ReadableStream.from(await openBlob(deps, { project, digest: sha256 })),
  listArtifacts: ({ project, name, digest, runId, ...page }) =>
    listArtifacts(deps.db, { project, name, digest, runId }, page),
  showArtifact: async ({ project, artifactId }) => {
    const found = await findArtifact(deps.db, project, artifactId)
    if (!found) throw new PlatformError('artifact_not_found', `The project ${project} has no artifact ${artifactId}.`)
    return found
  },
})
