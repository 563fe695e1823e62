import { isEnded, PlatformError, type Promotion } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findPromotion } from './store.ts'

/** @throws PlatformError `promotion_not_found` */
export async function existingPromotion(db: Db, project: string, id: string): Promise<Promotion> {
  const promotion = await findPromotion(db, project, id)
  if (!promotion) throw new PlatformError('promotion_not_found', `The project ${project} has no promotion ${id}.`)
  return promotion
}

/** @throws PlatformError `promotion_not_found`, `promotion_ended` */
export async function openPromotion(db: Db, project: string, id: string): Promise<Promotion> {
  const promotion = await existingPromotion(db, project, id)
  if (isEnded(promotion.state))
    throw new PlatformError('promotion_ended', `The promotion was ${promotion.state} at ${promotion.endedAt}.`)
  return promotion
}
