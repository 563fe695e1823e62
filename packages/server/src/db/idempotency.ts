import type { Tx } from './db.ts'

export type IdempotencyTables = {
  idempotency_keys: {
    identity_id: string
    key: string
    operation: string
    request_digest: string
    response: string
    created_at: string
  }
}

declare module './tables.ts' {
  interface Tables extends IdempotencyTables {}
}

export const findIdempotent = (tx: Tx, identityId: string, key: string) =>
  tx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('identity_id', '=', identityId)
    .where('key', '=', key)
    .executeTakeFirst()

export const insertIdempotent = (tx: Tx, row: IdempotencyTables['idempotency_keys']) =>
  tx.insertInto('idempotency_keys').values(row).execute()
