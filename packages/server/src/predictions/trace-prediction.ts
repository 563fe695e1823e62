import { PlatformError, type PredictionTrace } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { findVersion } from '../models/version-store.ts'
import { trace } from '../trace/trace.ts'
import { findPrediction, type PredictionPath } from './find-prediction.ts'
import { headOf } from './show.ts'

/**
 * Walks from a prediction over the version that answered back to data, code and commit, from what this workspace holds.
 * The version is known by its digest: a number alone would be believed.
 * @throws PlatformError `prediction_not_found`, `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
export async function tracePrediction(deps: Deps, path: PredictionPath): Promise<PredictionTrace> {
  const { project } = path
  const { head } = await headOf(deps, await findPrediction(deps, path))
  const { model, number, digest } = head.version
  const version = await findVersion(deps.db, { project, model }, { number })
  if (version?.digest !== digest)
    throw new PlatformError(
      'prediction_not_found',
      `${path.predictionId} names version ${number} of ${model} with the digest ${digest}, which ${project} does not have.`,
    )
  // Of a batch with the run that made it, which is pinned to that version.
  return { prediction: head, trace: await trace(deps, { project, ref: head.runId ?? version.id }) }
}
