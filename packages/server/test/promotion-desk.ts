import type { HeldStage, Promotion } from '@airlock-ml/contract'
import { approvePromotion as approve, signerOf } from './decision-signing.ts'
import { model, project, type TwoWorkspaces } from './two-workspaces.ts'

/** What people do with promotions in production: alice asks, bob approves. */
export async function promotionDesk({ production }: TwoWorkspaces) {
  const alice = await production.as('alice', 'ml-engineer', 'approver')
  const bob = await production.as('bob', 'approver')
  await signerOf(bob)
  const show = (promotionId: string) => production.root('showPromotion', { project, promotionId })
  const request = (uri: string, stage: HeldStage = 'production') =>
    alice('requestPromotion', { project, body: { model, stage, bundle: { uri } } })
  /** Requests, verifies, has bob approve, imports. */
  const importBundle = async (uri: string, stage?: HeldStage): Promise<Promotion> => {
    const { id } = await request(uri, stage)
    await production.workspace.advance(id)
    const verified = await show(id)
    if (verified.state !== 'awaiting_approval') return verified
    await approve(bob, verified)
    await production.workspace.advance(id)
    return show(id)
  }
  return { alice, bob, show, request, approve, importBundle }
}
