import type { Approval, Evidence, HeldStage, Page, PageQuery, Promotion, PromotionState } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import type { Candidate } from '../marks/candidate.ts'
import { approvalsOf } from './approval-store.ts'

export type PromotionTables = {
  promotions: {
    id: string
    project: string
    model: string
    stage: HeldStage
    state: PromotionState
    bundle_uri: string
    bundle_digest: string
    candidate: string | null
    source: string | null
    plan: string | null
    plan_digest: string | null
    evidence: string | null
    gates: string
    difference: string | null
    approvals_required: number
    approval_roles: string
    version_id: string | null
    version_number: number | null
    run_id: string | null
    refusal: string | null
    requested_by: string
    requested_by_person: string
    requested_claims: string | null
    /** JSON list. */
    requesters: string
    requested_at: string
    ended_at: string | null
    lease_token: string | null
    lease_expires_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends PromotionTables {}
}

type Row = PromotionTables['promotions']

const parsed = <T>(text: string | null): T | null => (text === null ? null : fromJson<T>(text))

const promotionOf = (row: Row, approvals: Approval[]): Promotion => ({
  id: row.id,
  project: row.project,
  model: row.model,
  stage: row.stage,
  state: row.state,
  bundle: { uri: row.bundle_uri, digest: row.bundle_digest },
  source: parsed(row.source),
  plan: parsed(row.plan),
  planDigest: row.plan_digest,
  gates: fromJson(row.gates),
  difference: parsed(row.difference),
  approvals,
  approvalsRequired: row.approvals_required,
  approvalRoles: fromJson(row.approval_roles),
  version: row.version_id === null ? null : { id: row.version_id, number: row.version_number! },
  runId: row.run_id,
  refusal: parsed(row.refusal),
  requestedBy: row.requested_by,
  requestedByPerson: row.requested_by_person,
  requestedClaims: parsed(row.requested_claims),
  requesters: fromJson(row.requesters),
  requestedAt: row.requested_at,
  endedAt: row.ended_at,
})

export async function findPromotion(db: Db, project: string, id: string): Promise<Promotion | undefined> {
  const row = await db
    .selectFrom('promotions')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && promotionOf(row, (await approvalsOf(db, [row])).get(id) ?? [])
}

/** The newest promotion of a bundle. */
export const findLatestOf = (db: Db, project: string, bundleDigest: string) =>
  db
    .selectFrom('promotions')
    .select('id')
    .where('project', '=', project)
    .where('bundle_digest', '=', bundleDigest)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The open promotion of a bundle into a stage; the database keeps it to one. */
export const findOpen = (db: Db, key: { project: string; model: string; stage: HeldStage; bundleDigest: string }) =>
  db
    .selectFrom('promotions')
    .select('id')
    .where('project', '=', key.project)
    .where('model', '=', key.model)
    .where('stage', '=', key.stage)
    .where('bundle_digest', '=', key.bundleDigest)
    .where('state', 'in', ['requested', 'awaiting_approval', 'approved'])
    .executeTakeFirst()

export async function listPromotions(
  db: Db,
  filter: { project: string; model?: string | undefined; state?: PromotionState | undefined },
  page: PageQuery,
): Promise<Page<Promotion>> {
  const query = db
    .selectFrom('promotions')
    .selectAll()
    .where('project', '=', filter.project)
    .$if(filter.model !== undefined, (q) => q.where('model', '=', filter.model!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
  const rows = await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id })
  const approvals = await approvalsOf(db, rows.items)
  return mapPage(rows, (row) => promotionOf(row, approvals.get(row.id) ?? []))
}

/** Promotions that wait for a worker, oldest first. */
export const listWaiting = (db: Db) =>
  db
    .selectFrom('promotions')
    .select(['id', 'project'])
    .where('state', 'in', ['requested', 'approved'])
    .orderBy('id')
    .execute()

export const insertPromotion = (tx: Tx, row: Row) => tx.insertInto('promotions').values(row).execute()

/** Changes that come with a state. */
export type Change = Partial<
  Pick<Row, 'approvals_required' | 'version_id' | 'version_number' | 'run_id' | 'plan_digest' | 'ended_at'>
> & {
  source?: Promotion['source']
  plan?: Promotion['plan']
  evidence?: Evidence
  candidate?: Candidate
  gates?: Promotion['gates']
  difference?: Promotion['difference']
  approvalRoles?: Promotion['approvalRoles']
  refusal?: Promotion['refusal']
}

export const setState = (tx: Tx, id: string, state: PromotionState, change: Change = {}) => {
  const { source, plan, evidence, candidate, gates, difference, approvalRoles, refusal, ...plain } = change
  return tx
    .updateTable('promotions')
    .set({
      state,
      ...plain,
      ...(source !== undefined && { source: toJson(source) }),
      ...(plan !== undefined && { plan: plan === null ? null : toJson(plan) }),
      ...(evidence !== undefined && { evidence: toJson(evidence) }),
      ...(candidate !== undefined && { candidate: toJson(candidate) }),
      ...(gates !== undefined && { gates: toJson(gates) }),
      ...(difference !== undefined && { difference: difference === null ? null : toJson(difference) }),
      ...(approvalRoles !== undefined && { approval_roles: toJson(approvalRoles) }),
      ...(refusal !== undefined && { refusal: toJson(refusal) }),
    })
    .where('id', '=', id)
    .execute()
}

export const readEvidence = async (db: Db, id: string): Promise<Evidence> => {
  const row = await db.selectFrom('promotions').select('evidence').where('id', '=', id).executeTakeFirstOrThrow()
  return fromJson<Evidence>(row.evidence ?? '{}')
}

/** What the verified bundle of a promotion is and descends from; undefined before it was verified. */
export const readCandidate = async (db: Db, id: string): Promise<Candidate | undefined> => {
  const row = await db.selectFrom('promotions').select('candidate').where('id', '=', id).executeTakeFirstOrThrow()
  return row.candidate === null ? undefined : fromJson<Candidate>(row.candidate)
}

/** How many promotions have work that waits: their bundle may be on its way into the artifact store. */
export async function countUnderWay(db: Db): Promise<number> {
  const { n } = await db
    .selectFrom('promotions')
    .select((e) => e.fn.countAll().as('n'))
    .where('state', 'in', ['requested', 'approved'])
    .executeTakeFirstOrThrow()
  return Number(n)
}
