import type { Db, Tx } from '../db/db.ts'

export type PasswordTables = {
  passwords: {
    id: string
    identity_id: string
    /** PHC string; gone once the password has ended. */
    hash: string | null
    /** The person who set it, and so knew it. */
    set_by: string
    set_at: string
    ended_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends PasswordTables {}
}

/** A password that is in force. */
export type Password = { id: string; hash: string; setBy: string }

/** The password of a user who is not disabled; undefined when they have none, or there is no such user. */
export async function findPassword(db: Db, user: string): Promise<Password | undefined> {
  const row = await db
    .selectFrom('passwords')
    .innerJoin('identities', 'identities.id', 'passwords.identity_id')
    .select(['passwords.id', 'passwords.hash', 'passwords.set_by'])
    .where('identities.name', '=', user)
    .where('identities.disabled_at', 'is', null)
    .where('passwords.ended_at', 'is', null)
    .executeTakeFirst()
  return row && { id: row.id, hash: row.hash!, setBy: row.set_by }
}

export const insertPassword = (
  tx: Tx,
  { id, identityId, hash, setBy, setAt }: Password & { identityId: string; setAt: string },
) =>
  tx
    .insertInto('passwords')
    .values({ id, identity_id: identityId, hash, set_by: setBy, set_at: setAt, ended_at: null })
    .execute()

/** Ends a password and every key that was got for it. */
export async function endPassword(tx: Tx, id: string, at: string): Promise<void> {
  await tx.updateTable('passwords').set({ hash: null, ended_at: at }).where('id', '=', id).execute()
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('password_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

export const replaceHash = (tx: Tx, id: string, hash: string) =>
  tx.updateTable('passwords').set({ hash }).where('id', '=', id).execute()

/** The persons who set a password of one of these users since some moment. */
export async function passwordSettersOf(db: Db, users: readonly string[], since: string): Promise<string[]> {
  const rows = await db
    .selectFrom('passwords')
    .innerJoin('identities', 'identities.id', 'passwords.identity_id')
    .select('passwords.set_by')
    .distinct()
    .where('identities.name', 'in', [...users])
    .where('passwords.set_at', '>=', since)
    .execute()
  return rows.map((row) => row.set_by)
}
