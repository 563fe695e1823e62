import type { FederationRule, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type FederationTables = {
  federation_rules: {
    id: string
    issuer: string
    audience: string
    claims: string
    service_account: string
    created_by: string
    created_at: string
    removed_at: string | null
  }
  /** Tokens that were exchanged, until they run out by themselves: none is taken twice. */
  federation_tokens: { issuer: string; token_id: string; expires_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends FederationTables {}
}

const ruleOf = (row: FederationTables['federation_rules']): FederationRule => ({
  id: row.id,
  issuer: row.issuer,
  audience: row.audience,
  claims: fromJson(row.claims),
  serviceAccount: row.service_account,
  createdBy: row.created_by,
  createdAt: row.created_at,
  removedAt: row.removed_at,
})

export const insertRule = (tx: Tx, rule: FederationRule) =>
  tx
    .insertInto('federation_rules')
    .values({
      id: rule.id,
      issuer: rule.issuer,
      audience: rule.audience,
      claims: toJson(rule.claims),
      service_account: rule.serviceAccount,
      created_by: rule.createdBy,
      created_at: rule.createdAt,
      removed_at: null,
    })
    .execute()

export async function findRule(db: Db, id: string): Promise<FederationRule | undefined> {
  const row = await db.selectFrom('federation_rules').selectAll().where('id', '=', id).executeTakeFirst()
  return row && ruleOf(row)
}

/** The rules of an issuer that are in force, oldest first. */
export async function rulesOf(db: Db, issuer: string): Promise<FederationRule[]> {
  const rows = await db
    .selectFrom('federation_rules')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(ruleOf)
}

export async function listRules(db: Db, page: PageQuery): Promise<Page<FederationRule>> {
  const rows = await pageOf(db.selectFrom('federation_rules').selectAll(), page, {
    column: 'id',
    direction: 'desc',
    valueOf: (row) => row.id,
  })
  return mapPage(rows, ruleOf)
}

/** Removes a rule and ends every key that its tokens were exchanged for. */
export async function endRule(tx: Tx, id: string, at: string): Promise<void> {
  await tx.updateTable('federation_rules').set({ removed_at: at }).where('id', '=', id).execute()
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('federation_rule_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Remembers a token; false when it was exchanged before. Tokens that have run out are forgotten. */
export async function takeToken(
  tx: Tx,
  token: { issuer: string; tokenId: string; expiresAt: string },
  now: string,
): Promise<boolean> {
  await tx.deleteFrom('federation_tokens').where('expires_at', '<', now).execute()
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('federation_tokens')
    .values({ issuer: token.issuer, token_id: token.tokenId, expires_at: token.expiresAt })
    .onConflict((c) => c.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}
