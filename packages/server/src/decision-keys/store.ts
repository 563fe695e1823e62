import type { DecisionKey, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type DecisionKeyTables = {
  decision_keys: {
    fingerprint: string
    identity_id: string
    public_key: string
    registered_at: string
    revoked_at: string | null
    /** The person. */
    revoked_by: string | null
    /** Who else ended it after its own person did, so that the person may have another. */
    also_ended_by: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends DecisionKeyTables {}
}

const withPerson = (db: Db) =>
  db
    .selectFrom('decision_keys')
    .innerJoin('identities', 'identities.id', 'decision_keys.identity_id')
    .selectAll('decision_keys')
    .select(['identities.name as person', 'identities.disabled_at'])

type Row = Awaited<ReturnType<ReturnType<typeof withPerson>['executeTakeFirstOrThrow']>>

const decisionKeyOf = (row: Row): DecisionKey => ({
  fingerprint: row.fingerprint,
  person: row.person,
  publicKey: row.public_key,
  registeredAt: row.registered_at,
  revokedAt: row.revoked_at ?? row.disabled_at,
  revokedBy: row.revoked_by,
})

export async function findDecisionKey(db: Db, fingerprint: string): Promise<DecisionKey | undefined> {
  const row = await withPerson(db).where('fingerprint', '=', fingerprint).executeTakeFirst()
  return row && decisionKeyOf(row)
}

/** Every key a person ever had. */
export async function decisionKeysOf(db: Db, person: string): Promise<DecisionKey[]> {
  const rows = await withPerson(db)
    .where('identities.name', '=', person)
    .where('identities.kind', '=', 'user')
    .execute()
  return rows.map(decisionKeyOf)
}

/** The key that keeps a person from having another: one in force, or one that nobody but its person ended. */
export async function findKeyInTheWay(db: Db, person: string): Promise<DecisionKey | undefined> {
  const row = await withPerson(db)
    .where('identities.name', '=', person)
    .where('identities.kind', '=', 'user')
    .where((is) =>
      is.or([
        is.and([is('revoked_at', 'is', null), is('disabled_at', 'is', null)]),
        is.and([is('revoked_by', '=', person), is('also_ended_by', 'is', null)]),
      ]),
    )
    .orderBy('registered_at', 'desc')
    .executeTakeFirst()
  return row && decisionKeyOf(row)
}

/** The key that a person signs with now. */
export const findKeyInForce = async (db: Db, person: string): Promise<DecisionKey | undefined> =>
  (await decisionKeysOf(db, person)).find(({ revokedAt }) => revokedAt === null)

export async function listDecisionKeys(
  db: Db,
  person: string | undefined,
  page: PageQuery,
): Promise<Page<DecisionKey>> {
  const query = withPerson(db).$if(person !== undefined, (q) => q.where('identities.name', '=', person!))
  const rows = await pageOf(query, page, {
    column: 'fingerprint',
    direction: 'asc',
    valueOf: (row) => row.fingerprint,
  })
  return mapPage(rows, decisionKeyOf)
}

export const insertDecisionKey = (
  tx: Tx,
  key: { fingerprint: string; identityId: string; publicKey: string; registeredAt: string },
) =>
  tx
    .insertInto('decision_keys')
    .values({
      fingerprint: key.fingerprint,
      identity_id: key.identityId,
      public_key: key.publicKey,
      registered_at: key.registeredAt,
      revoked_at: null,
      revoked_by: null,
      also_ended_by: null,
    })
    .execute()

export const setKeyRevoked = (tx: Tx, fingerprint: string, { at, by }: { at: string; by: string }) =>
  tx
    .updateTable('decision_keys')
    .set({ revoked_at: at, revoked_by: by })
    .where('fingerprint', '=', fingerprint)
    .execute()

/** That somebody else ended it, too; when and by whom it ended first stays. False when somebody had. */
export async function setKeyAlsoEnded(tx: Tx, fingerprint: string, by: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('decision_keys')
    .set({ also_ended_by: by })
    .where('fingerprint', '=', fingerprint)
    .where('also_ended_by', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
