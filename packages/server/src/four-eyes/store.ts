import type { Db, Tx } from '../db/db.ts'

/** Whether the workspace was born with four eyes, and since when they are in force. */
export const findFourEyes = (db: Db) =>
  db.selectFrom('workspaces').select(['four_eyes', 'four_eyes_since']).executeTakeFirst()

export const setFourEyesSince = (tx: Tx, at: string) =>
  tx.updateTable('workspaces').set({ four_eyes_since: at }).execute()

/** Names of the users who are platform-admin of the whole workspace, not disabled, and have a decision key. */
export async function adminsWithDecisionKey(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('identities')
    .innerJoin('role_bindings', 'role_bindings.identity_id', 'identities.id')
    .innerJoin('decision_keys', 'decision_keys.identity_id', 'identities.id')
    .select('identities.name')
    .distinct()
    .where('identities.kind', '=', 'user')
    .where('identities.disabled_at', 'is', null)
    .where('role_bindings.project', '=', '*')
    .where('role_bindings.role', '=', 'platform-admin')
    .where('decision_keys.revoked_at', 'is', null)
    .orderBy('identities.name')
    .execute()
  return rows.map(({ name }) => name)
}
