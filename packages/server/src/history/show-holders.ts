import type { HeldStage, Holder, Holders } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { existingModel, existingVersion } from '../models/existing.ts'
import { findPolicy } from '../policies/store.ts'
import { findPromotion } from '../promotions/store.ts'
import { holdersAt, type Tenure } from './holders-at.ts'

type Wanted = { project: string; model: string; at: string | undefined; stage: HeldStage | undefined }

/**
 * The registry of a model at a moment, from the record of changes: who held each stage, since when, by whose act, on
 * what evidence. What is said of the past never changes: versions, policies and approvals are kept for ever.
 * @throws PlatformError `model_not_found`
 */
export async function showHolders(deps: Deps, { at, stage, ...model }: Wanted): Promise<Holders> {
  await existingModel(deps.db, model)
  const changes = await changesOldestFirst(deps.db, model)
  const held = [...holdersAt(changes, at)].filter(([name]) => stage === undefined || name === stage)
  const holders: Holder[] = []
  for (const [name, tenure] of held.sort(([a], [b]) => (a < b ? 1 : -1)))
    holders.push(await describe(deps, { project: model.project, stage: name, tenure }))
  return { model: model.model, at: at ?? deps.now().toISOString(), holders, firstChangeAt: changes[0]?.at ?? null }
}

async function describe(
  { db }: Deps,
  { project, stage, tenure: { change, heldUntil } }: { project: string; stage: HeldStage; tenure: Tenure },
): Promise<Holder> {
  const version = await existingVersion(db, { project, model: change.model }, { number: change.number })
  const policy = await findPolicy(db, { project, stage, version: change.policyVersion })
  const promotionId = change.promotionId ?? version.source.promotionId
  const promotion = promotionId === null ? undefined : await findPromotion(db, project, promotionId)
  return {
    stage,
    change,
    heldUntil,
    metrics: version.metrics,
    policy: policy ? { name: policy.name, version: policy.version, digest: policy.digest } : null,
    promotion: promotion
      ? {
          id: promotion.id,
          bundle: promotion.bundle,
          planDigest: promotion.planDigest,
          requestedBy: promotion.requestedBy,
          approvals: promotion.approvals,
        }
      : null,
  }
}
