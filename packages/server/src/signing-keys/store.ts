import type { SigningKey } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'

export type SigningKeyTables = {
  /** Every key this workspace ever signed with; the one in force has no end. Only public halves. */
  signing_keys: { key_hint: string; public_key: string; valid_from: string; retired_at: string | null }
}

declare module '../db/tables.ts' {
  interface Tables extends SigningKeyTables {}
}

/** The keys of this workspace, in the order they were in force. */
export async function listSigningKeys(db: Db): Promise<SigningKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('valid_from').orderBy('retired_at').execute()
  return rows
    .map((row) => ({
      keyHint: row.key_hint,
      publicKey: row.public_key,
      validFrom: row.valid_from,
      retiredAt: row.retired_at,
    }))
    .sort((a, b) => Number(a.retiredAt === null) - Number(b.retiredAt === null))
}

/** The hint of the key that signs now; undefined before the birth of the workspace. */
export const keyHintInForce = async (db: Db): Promise<string | undefined> =>
  (await db.selectFrom('signing_keys').select('key_hint').where('retired_at', 'is', null).executeTakeFirst())?.key_hint

export const isOwnKey = async (db: Db, keyHint: string): Promise<boolean> =>
  (await db.selectFrom('signing_keys').select('key_hint').where('key_hint', '=', keyHint).executeTakeFirst()) !==
  undefined

export const insertSigningKey = (tx: Tx, key: { keyHint: string; publicKey: string; validFrom: string }) =>
  tx
    .insertInto('signing_keys')
    .values({ key_hint: key.keyHint, public_key: key.publicKey, valid_from: key.validFrom, retired_at: null })
    .execute()

/** False when another rotation was faster. */
export async function retireSigningKey(tx: Tx, keyHint: string, at: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('signing_keys')
    .set({ retired_at: at })
    .where('key_hint', '=', keyHint)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
