import type { Page, PageQuery, TrustedKey, TrustPurpose } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type TrustTables = {
  trusted_keys: {
    key_hint: string
    workspace: string
    public_key: string
    /** JSON list. */
    purposes: string
    added_at: string
    added_by: string
    retired_at: string | null
    removed_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends TrustTables {}
}

const trustedKeyOf = (row: TrustTables['trusted_keys']): TrustedKey => ({
  keyHint: row.key_hint,
  workspace: row.workspace,
  publicKey: row.public_key,
  purposes: fromJson(row.purposes),
  addedAt: row.added_at,
  addedBy: row.added_by,
  validFrom: row.added_at,
  retiredAt: row.retired_at,
  removedAt: row.removed_at,
})

export async function findTrustedKey(db: Db, keyHint: string): Promise<TrustedKey | undefined> {
  const row = await db.selectFrom('trusted_keys').selectAll().where('key_hint', '=', keyHint).executeTakeFirst()
  return row && trustedKeyOf(row)
}

/** The keys that are trusted for a purpose now. */
export const keysInForce = async (db: Db, purpose: TrustPurpose): Promise<TrustedKey[]> =>
  (await keysNotRemoved(db, purpose)).filter(({ retiredAt }) => retiredAt === null)

/** Those and the retired ones: what they show depends on when it was witnessed. */
export const keysNotRemoved = async (db: Db, purpose: TrustPurpose): Promise<TrustedKey[]> =>
  (await keysEverTrusted(db, purpose)).filter(({ removedAt }) => removedAt === null)

/** The keys that were ever trusted for a purpose, to say of what they sign why it is not believed. */
export async function keysEverTrusted(db: Db, purpose: TrustPurpose): Promise<TrustedKey[]> {
  const rows = await db.selectFrom('trusted_keys').selectAll().execute()
  return rows.map(trustedKeyOf).filter(({ purposes }) => purposes.includes(purpose))
}

export async function listTrustedKeys(db: Db, page: PageQuery): Promise<Page<TrustedKey>> {
  const query = db.selectFrom('trusted_keys').selectAll()
  return mapPage(
    await pageOf(query, page, { column: 'key_hint', direction: 'asc', valueOf: (row) => row.key_hint }),
    trustedKeyOf,
  )
}

export const insertTrustedKey = (tx: Tx, key: TrustedKey) =>
  tx
    .insertInto('trusted_keys')
    .values({
      key_hint: key.keyHint,
      workspace: key.workspace,
      public_key: key.publicKey,
      purposes: toJson(key.purposes),
      added_at: key.addedAt,
      added_by: key.addedBy,
      retired_at: null,
      removed_at: null,
    })
    .execute()

export const setRetired = (tx: Tx, keyHint: string, at: string) =>
  tx.updateTable('trusted_keys').set({ retired_at: at }).where('key_hint', '=', keyHint).execute()

export const setRemoved = (tx: Tx, keyHint: string, at: string) =>
  tx.updateTable('trusted_keys').set({ removed_at: at }).where('key_hint', '=', keyHint).execute()

export const setPurposes = (tx: Tx, keyHint: string, purposes: readonly TrustPurpose[]) =>
  tx
    .updateTable('trusted_keys')
    .set({ purposes: toJson(purposes) })
    .where('key_hint', '=', keyHint)
    .execute()
