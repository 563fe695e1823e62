import type { Actor, Change, ChangeContent, ChangeState, HeldOperation, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { identitiesWithRole } from '../identity/store.ts'

export type ChangeTables = {
  changes: {
    id: string
    digest: string
    /** The canonical JSON that the digest covers. */
    content: string
    operation: HeldOperation
    /** Digest of what was asked for and what it was based on: the same asked again is the same request. */
    request_digest: string
    state: 'pending' | 'applied' | 'rejected'
    /** JSON of who asked, as the audit log names them. */
    requester: string
    /** JSON list of the persons who count as having asked. */
    requesters: string
    expires_at: string
    decision: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ChangeTables {}
}

type Row = ChangeTables['changes']

/** A change request with what its rules need besides what the wire shows. */
export type KnownChange = {
  change: Omit<Change, 'mayDecide'>
  requester: Actor
  /** The persons who count as having asked. */
  requesters: string[]
}

const knownOf = (row: Row, now: string): KnownChange => ({
  change: {
    ...fromJson<ChangeContent>(row.content),
    digest: row.digest,
    state: row.state === 'pending' && row.expires_at <= now ? 'expired' : row.state,
    decision: row.decision === null ? null : fromJson<NonNullable<Change['decision']>>(row.decision),
  },
  requester: fromJson(row.requester),
  requesters: fromJson(row.requesters),
})

export const insertChange = (tx: Tx, row: Omit<Row, 'state' | 'decision'>) =>
  tx
    .insertInto('changes')
    .values({ ...row, state: 'pending', decision: null })
    .execute()

export async function findChange(db: Db, id: string, now: string): Promise<KnownChange | undefined> {
  const row = await db.selectFrom('changes').selectAll().where('id', '=', id).executeTakeFirst()
  return row && knownOf(row, now)
}

/** The pending request for the same act on the same base. */
export async function findPending(tx: Tx, requestDigest: string, now: string): Promise<KnownChange | undefined> {
  const row = await tx
    .selectFrom('changes')
    .selectAll()
    .where('request_digest', '=', requestDigest)
    .where('state', '=', 'pending')
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && knownOf(row, now)
}

export async function listChanges(
  db: Db,
  { state, now }: { state: ChangeState | undefined; now: string },
  page: PageQuery,
): Promise<Page<Change>> {
  const query = db
    .selectFrom('changes')
    .selectAll()
    .$if(state !== undefined, (q) => q.where('state', '=', state === 'expired' ? 'pending' : (state as Row['state'])))
    .$if(state === 'pending', (q) => q.where('expires_at', '>', now))
    .$if(state === 'expired', (q) => q.where('expires_at', '<=', now))
  const rows = await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id })
  const admins = await identitiesWithRole(db, '*', ['platform-admin'])
  return mapPage(rows, (row) => shownTo(admins, knownOf(row, now)))
}

/** A change as the wire shows it. */
export const withDeciders = async (db: Db, known: KnownChange): Promise<Change> =>
  shownTo(await identitiesWithRole(db, '*', ['platform-admin']), known)

const shownTo = (admins: readonly string[], { change, requesters }: KnownChange): Change => ({
  ...change,
  mayDecide: change.state === 'pending' ? admins.filter((name) => !requesters.includes(name)) : [],
})

export const setDecided = (
  tx: Tx,
  id: string,
  { state, decision }: { state: 'applied' | 'rejected'; decision: NonNullable<Change['decision']> },
) =>
  tx
    .updateTable('changes')
    .set({ state, decision: toJson(decision) })
    .where('id', '=', id)
    .execute()
