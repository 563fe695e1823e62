import type { HeldStage, Page, PageQuery, Policy, PolicySpec } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type PolicyTables = {
  policies: {
    /** UUIDv7: the order in which policies were applied. */
    id: string
    project: string
    stage: HeldStage
    version: number
    name: string
    digest: string
    spec: string
    applied_by: string
    applied_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends PolicyTables {}
}

const policyOf = (row: PolicyTables['policies']): Policy => ({
  project: row.project,
  name: row.name,
  stage: row.stage,
  version: row.version,
  digest: row.digest,
  spec: fromJson<PolicySpec>(row.spec),
  appliedBy: row.applied_by,
  appliedAt: row.applied_at,
})

/** The policy in force for a stage, or one of its versions. */
export async function findPolicy(
  db: Db,
  { project, stage, version }: { project: string; stage: HeldStage; version?: number | undefined },
): Promise<Policy | undefined> {
  const row = await db
    .selectFrom('policies')
    .selectAll()
    .where('project', '=', project)
    .where('stage', '=', stage)
    .$if(version !== undefined, (q) => q.where('version', '=', version!))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && policyOf(row)
}

export async function listPolicies(
  db: Db,
  filter: { project: string; stage?: HeldStage | undefined },
  page: PageQuery,
): Promise<Page<Policy>> {
  const query = db
    .selectFrom('policies')
    .selectAll()
    .where('project', '=', filter.project)
    .$if(filter.stage !== undefined, (q) => q.where('stage', '=', filter.stage!))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), policyOf)
}

export const insertPolicy = (tx: Tx, id: string, policy: Policy) =>
  tx
    .insertInto('policies')
    .values({
      id,
      project: policy.project,
      stage: policy.stage,
      version: policy.version,
      name: policy.name,
      digest: policy.digest,
      spec: toJson(policy.spec),
      applied_by: policy.appliedBy,
      applied_at: policy.appliedAt,
    })
    .execute()
