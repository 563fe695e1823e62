import { didYouMean, type HeldStage, type Model, type ModelVersion, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findModel, type ModelKey, modelNames } from './store.ts'
import { findVersion } from './version-store.ts'

/** @throws PlatformError `model_not_found` */
export async function existingModel(db: Db, key: ModelKey): Promise<Model> {
  const model = await findModel(db, key)
  if (model) return model
  const names = didYouMean(key.model, await modelNames(db, key.project))
  throw new PlatformError('model_not_found', `The project ${key.project} has no model ${key.model}. ${names}`)
}

/**
 * The version a caller names by number or by the stage it holds.
 * @throws PlatformError `model_not_found`, `model_version_not_found`, `stage_empty`
 */
export async function existingVersion(
  db: Db,
  key: ModelKey,
  by: { number: number } | { stage: HeldStage } | 'newest',
): Promise<ModelVersion> {
  await existingModel(db, key)
  const version = await findVersion(db, key, by)
  if (version) return version
  if (by !== 'newest' && 'stage' in by)
    throw new PlatformError('stage_empty', `No version of ${key.model} holds ${by.stage}.`, {
      model: key.model,
      stage: by.stage,
    })
  const newest = by === 'newest' ? undefined : await findVersion(db, key, 'newest')
  const which = newest && by !== 'newest' && 'number' in by ? `${by.number}; its newest is ${newest.number}` : 'yet'
  throw new PlatformError('model_version_not_found', `${key.model} has no version ${which}.`)
}
