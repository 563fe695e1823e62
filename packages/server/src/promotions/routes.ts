import type { promotionRoutes } from '@airlock-ml/contract'
import { withStoreCodes } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { approve } from './approve.ts'
import { existingPromotion } from './existing.ts'
import { exportVersion } from './export.ts'
import { planPromotion } from './plan.ts'
import { promote } from './promote.ts'
import { receiveReceipts } from './receive-receipts.ts'
import { reject } from './reject.ts'
import { requestPromotion } from './request.ts'
import { rollback } from './rollback.ts'
import { listPromotions } from './store.ts'
import { testPolicy } from './test-policy.ts'

export const promotionHandlers = (deps: Deps): Handlers<typeof promotionRoutes> => ({
  promoteModelVersion: ({ body, ...model }, by) => promote(deps, { ...model, ...body }, by),
  rollbackModel: ({ body, ...model }, by) => rollback(deps, { ...model, ...body }, by),
  exportModelVersion: ({ body, ...model }, by) => exportVersion(deps, { ...model, version: body }, by),
  planPromotion: ({ project, body: { model, stage, bundle } }, by) =>
    planPromotion(deps, { project, model, stage, uri: bundle.uri }, by),
  requestPromotion: (tx, { project, body: { model, stage, bundle } }, by) =>
    requestPromotion(tx, deps, { project, model, stage, uri: bundle.uri }, by),
  testPolicy: ({ project, body }) => testPolicy(deps, { project, ...body }),
  listPromotions: ({ project, model, state, ...page }) => listPromotions(deps.db, { project, model, state }, page),
  syncReceipts: () =>
    withStoreCodes(deps.exchange, { unreachable: 'exchange_unreachable' }, () => receiveReceipts(deps)),
  showPromotion: ({ project, promotionId }) => existingPromotion(deps.db, project, promotionId),
  approvePromotion: ({ body, ...promotion }, by) => approve(deps, { ...promotion, ...body }, by),
  rejectPromotion: ({ body, ...promotion }, by) => reject(deps, { ...promotion, ...body }, by),
})
