import type { Db, Tx } from '../db/db.ts'

export const findLease = (tx: Tx, id: string) =>
  tx
    .selectFrom('promotions')
    .select(['lease_token', 'lease_expires_at', 'run_id'])
    .where('id', '=', id)
    .executeTakeFirst()

export const setLease = (tx: Tx, id: string, lease: { token: string; expiresAt: string } | null) =>
  tx
    .updateTable('promotions')
    .set({ lease_token: lease?.token ?? null, lease_expires_at: lease?.expiresAt ?? null })
    .where('id', '=', id)
    .execute()

/** Extends a lease for whoever has its token; undefined when they have lost it. */
export const extendLease = (tx: Tx, id: string, lease: { token: string; expiresAt: string }) =>
  tx
    .updateTable('promotions')
    .set({ lease_expires_at: lease.expiresAt })
    .where('id', '=', id)
    .where('lease_token', '=', lease.token)
    .returning('id')
    .executeTakeFirst()

/** State and lease of every promotion. */
export const leasesAndStates = (db: Db) =>
  db.selectFrom('promotions').select(['id', 'state', 'lease_token', 'lease_expires_at']).execute()
