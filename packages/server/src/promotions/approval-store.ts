import type { Approval, PromotionState } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { approvalFault } from './approval-fault.ts'

export type ApprovalTables = {
  approvals: {
    promotion_id: string
    plan_digest: string
    person: string
    by_name: string
    decision: Approval['decision']
    reason: string | null
    at: string
    expires_at: string | null
    key_fingerprint: string
    signature: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ApprovalTables {}
}

const approvalOf = (row: ApprovalTables['approvals']): Approval => ({
  by: row.by_name,
  person: row.person,
  planDigest: row.plan_digest,
  decision: row.decision,
  reason: row.reason,
  at: row.at,
  expiresAt: row.expires_at,
  keyFingerprint: row.key_fingerprint,
  signature: row.signature,
})

/** The decisions on promotions, by their ids, each with what keeps it from counting. */
export async function approvalsOf(
  db: Db,
  promotions: readonly { id: string; state: PromotionState }[],
): Promise<Map<string, Approval[]>> {
  const byId = new Map(promotions.map((row) => [row.id, row]))
  const found = new Map<string, Approval[]>()
  if (byId.size === 0) return found
  const rows = await db
    .selectFrom('approvals')
    .selectAll()
    .where('promotion_id', 'in', [...byId.keys()])
    .orderBy('at')
    .execute()
  if (rows.length === 0) return found
  const { name: workspace } = await db.selectFrom('workspaces').select('name').executeTakeFirstOrThrow()
  for (const row of rows) {
    const approval = approvalOf(row)
    const { id, state } = byId.get(row.promotion_id)!
    const fault = await approvalFault(db, { id, state, workspace }, approval)
    found.set(row.promotion_id, [...(found.get(row.promotion_id) ?? []), fault ? { ...approval, fault } : approval])
  }
  return found
}

export const insertApproval = (tx: Tx, promotionId: string, approval: Approval) =>
  tx
    .insertInto('approvals')
    .values({
      promotion_id: promotionId,
      plan_digest: approval.planDigest,
      person: approval.person,
      by_name: approval.by,
      decision: approval.decision,
      reason: approval.reason,
      at: approval.at,
      expires_at: approval.expiresAt,
      key_fingerprint: approval.keyFingerprint,
      signature: approval.signature,
    })
    .execute()
