import type { DeploymentKey, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type DeploymentKeyTables = {
  deployment_keys: {
    id: string
    deployment_id: string
    name: string
    /** Of the whole key: it is 256 random bits, which no guessing finds. */
    sha256: string
    created_by: string
    created_at: string
    expires_at: string | null
    revoked_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends DeploymentKeyTables {}
}

const keyOf = (row: DeploymentKeyTables['deployment_keys']): DeploymentKey => ({
  id: row.id,
  name: row.name,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})

const keysOf = (db: Db, deploymentId: string) =>
  db.selectFrom('deployment_keys').selectAll().where('deployment_id', '=', deploymentId)

/** The keys of a deployment that are not revoked, with what they are known by, oldest first. */
export const liveKeys = (db: Db, deploymentId: string) =>
  keysOf(db, deploymentId).where('revoked_at', 'is', null).orderBy('id').execute()

export async function findKey(db: Db, deploymentId: string, keyId: string): Promise<DeploymentKey | undefined> {
  const row = await keysOf(db, deploymentId).where('id', '=', keyId).executeTakeFirst()
  return row && keyOf(row)
}

export const listKeys = async (db: Db, deploymentId: string, page: PageQuery): Promise<Page<DeploymentKey>> =>
  mapPage(
    await pageOf(keysOf(db, deploymentId), page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }),
    keyOf,
  )

export const insertKey = (tx: Tx, deploymentId: string, { sha256, ...key }: DeploymentKey & { sha256: string }) =>
  tx
    .insertInto('deployment_keys')
    .values({
      id: key.id,
      deployment_id: deploymentId,
      name: key.name,
      sha256,
      created_by: key.createdBy,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      revoked_at: key.revokedAt,
    })
    .execute()

/** Revokes one key of a deployment, or all of them. */
export const revokeKeys = (tx: Tx, deploymentId: string, at: string, keyId?: string) =>
  tx
    .updateTable('deployment_keys')
    .set({ revoked_at: at })
    .where('deployment_id', '=', deploymentId)
    .where('revoked_at', 'is', null)
    .$if(keyId !== undefined, (q) => q.where('id', '=', keyId!))
    .execute()
