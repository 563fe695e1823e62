import { didYouMean, PlatformError, type pipelineRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { createSnapshot } from './create-snapshot.ts'
import { findPipeline, findSnapshot, listPipelines, listSnapshots, pipelineNames } from './store.ts'

export const pipelineHandlers = (deps: Deps): Handlers<typeof pipelineRoutes> => ({
  createSnapshot: (tx, { project, body }, by) => createSnapshot(tx, deps, { project, spec: body }, by),
  listSnapshots: ({ project, pipeline, ...page }) => listSnapshots(deps.db, { project, pipeline }, page),
  showSnapshot: async ({ project, snapshotId }) => {
    const found = await findSnapshot(deps.db, project, { id: snapshotId })
    if (!found) throw new PlatformError('snapshot_not_found', `There is no snapshot ${snapshotId}.`)
    return found
  },
  listPipelines: ({ project, ...page }) => listPipelines(deps.db, project, page),
  showPipeline: async ({ project, pipeline }) => {
    const found = await findPipeline(deps.db, project, pipeline)
    if (found) return found
    const names = didYouMean(pipeline, await pipelineNames(deps.db, project))
    throw new PlatformError('pipeline_not_found', `The project ${project} has no pipeline ${pipeline}. ${names}`)
  },
})
