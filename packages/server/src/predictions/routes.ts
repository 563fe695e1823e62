import type { predictionRoutes } from '@airlock-ml/contract'
import { existingDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { eraseSubject } from './erase-subject.ts'
import { importLabels } from './labels.ts'
import { registerPart } from './register-part.ts'
import { showPrediction } from './show.ts'
import { listParts } from './store.ts'
import { tracePrediction } from './trace-prediction.ts'

export const predictionHandlers = (deps: Deps): Handlers<typeof predictionRoutes> => ({
  registerPredictionPart: ({ body, ...path }, by) => registerPart(deps, { ...path, ...body }, by),
  listPredictionParts: async ({ project, deployment, ...page }) =>
    listParts(deps.db, (await existingDeployment(deps.db, { project, deployment })).id, page),
  showPrediction: (path) => showPrediction(deps, path),
  tracePrediction: (path) => tracePrediction(deps, path),
  importLabels: ({ body, ...path }, by) => importLabels(deps, { ...path, ...body }, by),
  eraseSubject: ({ project, body }, by) => eraseSubject(deps, { project, ...body }, by),
})
