import type { modelRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { destinationsOf } from '../receipts/store.ts'
import { listChanges } from './change-store.ts'
import { existingModel, existingVersion } from './existing.ts'
import { rejectVersion } from './reject.ts'
import { releaseVersion } from './release.ts'
import { listModels } from './store.ts'
import { listVersions } from './version-store.ts'

export const modelHandlers = ({ db, ...deps }: Deps): Handlers<typeof modelRoutes> => ({
  listModels: ({ project, ...page }) => listModels(db, project, page),
  showModel: ({ project, model }) => existingModel(db, { project, model }),
  listModelVersions: async ({ project, model, stage, ...page }) => {
    await existingModel(db, { project, model })
    return listVersions(db, { project, model }, { stage }, page)
  },
  showModelVersion: async ({ project, model, number }) => {
    const version = await existingVersion(db, { project, model }, { number })
    return { ...version, destinations: await destinationsOf(db, version.id) }
  },
  rejectModelVersion: ({ body, ...version }, by) => rejectVersion({ db, ...deps }, { ...version, ...body }, by),
  releaseModelVersion: ({ body, ...version }, by) => releaseVersion({ db, ...deps }, { ...version, ...body }, by),
  listStageChanges: async ({ project, model, stage, ...page }) => {
    await existingModel(db, { project, model })
    return listChanges(db, { project, model }, { stage }, page)
  },
})
