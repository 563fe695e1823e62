import type { modelRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { existingModel, existingVersion } from './existing.ts'
import { listChanges, listModels, listVersions } from './store.ts'

export const modelHandlers = ({ db }: Deps): Handlers<typeof modelRoutes> => ({
  listModels: ({ project, ...page }) => listModels(db, project, page),
  showModel: ({ project, model }) => existingModel(db, { project, model }),
  listModelVersions: async ({ project, model, stage, ...page }) => {
    await existingModel(db, { project, model })
    return listVersions(db, { project, model }, { stage }, page)
  },
  showModelVersion: ({ project, model, number }) => existingVersion(db, { project, model }, { number }),
  listStageChanges: async ({ project, model, stage, ...page }) => {
    await existingModel(db, { project, model })
    return listChanges(db, { project, model }, { stage }, page)
  },
})
