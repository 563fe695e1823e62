import type {
  DeploymentFlavor,
  DeploymentSettings,
  HeldStage,
  Page,
  PageQuery,
  ServiceReport,
  SetChallenger,
  SetRollout,
} from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type DeploymentTables = {
  deployments: {
    id: string
    project: string
    name: string
    pipeline: string
    model: string
    stage: HeldStage
    flavor: DeploymentFlavor
    settings: string
    rollout: string | null
    challenger: string | null
    snapshot_id: string
    service_account_id: string
    created_by: string
    created_at: string
    updated_at: string
    deleted_at: string | null
  }
  service_reports: {
    deployment_id: string
    report: string
    reported_at: string
    /** Which version answers, and since when, by what is on record. */
    number: number | null
    number_since: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends DeploymentTables {}
}

/** A deployment as the slice's rules see it: without what its service says. */
export type DeploymentWish = {
  id: string
  project: string
  name: string
  pipeline: string
  model: string
  stage: HeldStage
  flavor: DeploymentFlavor
  settings: DeploymentSettings
  rollout: SetRollout | null
  challenger: SetChallenger | null
  snapshotId: string
  serviceAccount: { id: string; name: string }
  createdBy: string
  createdAt: string
  updatedAt: string
  deletedAt: string | null
}

const withAccount = (db: Db) =>
  db
    .selectFrom('deployments')
    .innerJoin('identities', 'identities.id', 'deployments.service_account_id')
    .selectAll('deployments')
    .select('identities.name as service_account')

const withReport = (db: Db) =>
  withAccount(db)
    .leftJoin('service_reports', 'service_reports.deployment_id', 'deployments.id')
    .select(['service_reports.report', 'service_reports.reported_at'])

type Row = Awaited<ReturnType<ReturnType<typeof withAccount>['executeTakeFirstOrThrow']>>
type ReportedRow = Awaited<ReturnType<ReturnType<typeof withReport>['executeTakeFirstOrThrow']>>

const wishOf = (row: Row): DeploymentWish => ({
  id: row.id,
  project: row.project,
  name: row.name,
  pipeline: row.pipeline,
  model: row.model,
  stage: row.stage,
  flavor: row.flavor,
  settings: fromJson(row.settings),
  rollout: row.rollout === null ? null : fromJson<SetRollout>(row.rollout),
  challenger: row.challenger === null ? null : fromJson<SetChallenger>(row.challenger),
  snapshotId: row.snapshot_id,
  serviceAccount: { id: row.service_account_id, name: row.service_account },
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

/** A deployment with what its service said last. */
export type ReportedDeployment = {
  wish: DeploymentWish
  said: { report: ServiceReport; at: string } | null
}

const reportedOf = (row: ReportedRow): ReportedDeployment => ({
  wish: wishOf(row),
  said: row.report === null ? null : { report: fromJson<ServiceReport>(row.report), at: row.reported_at! },
})

/** A deployment that was not deleted. */
export async function findDeployment(
  db: Db,
  { project, name }: { project: string; name: string },
): Promise<DeploymentWish | undefined> {
  const row = await withAccount(db)
    .where('deployments.project', '=', project)
    .where('deployments.name', '=', name)
    .where('deployments.deleted_at', 'is', null)
    .executeTakeFirst()
  return row && wishOf(row)
}

/** A deployment, deleted or not. */
export async function findDeploymentById(db: Db, id: string): Promise<ReportedDeployment | undefined> {
  const row = await withReport(db).where('deployments.id', '=', id).executeTakeFirst()
  return row && reportedOf(row)
}

export async function listDeployments(db: Db, project: string, page: PageQuery): Promise<Page<ReportedDeployment>> {
  const query = withReport(db).where('deployments.project', '=', project).where('deployments.deleted_at', 'is', null)
  const rows = await pageOf(query, page, {
    column: 'deployments.name',
    direction: 'asc',
    valueOf: (row) => row.name,
  })
  return mapPage(rows, reportedOf)
}

export const insertDeployment = (tx: Tx, wish: DeploymentWish) =>
  tx
    .insertInto('deployments')
    .values({
      id: wish.id,
      project: wish.project,
      name: wish.name,
      pipeline: wish.pipeline,
      model: wish.model,
      stage: wish.stage,
      flavor: wish.flavor,
      settings: toJson(wish.settings),
      rollout: wish.rollout && toJson(wish.rollout),
      challenger: wish.challenger && toJson(wish.challenger),
      snapshot_id: wish.snapshotId,
      service_account_id: wish.serviceAccount.id,
      created_by: wish.createdBy,
      created_at: wish.createdAt,
      updated_at: wish.updatedAt,
      deleted_at: wish.deletedAt,
    })
    .execute()

/** Writes what of a deployment can change. */
export const updateDeployment = (tx: Tx, wish: DeploymentWish) =>
  tx
    .updateTable('deployments')
    .set({
      settings: toJson(wish.settings),
      rollout: wish.rollout && toJson(wish.rollout),
      challenger: wish.challenger && toJson(wish.challenger),
      snapshot_id: wish.snapshotId,
      service_account_id: wish.serviceAccount.id,
      updated_at: wish.updatedAt,
      deleted_at: wish.deletedAt,
    })
    .where('id', '=', wish.id)
    .execute()

/** Which version answers for a deployment, and since when, by what is on record. */
export const findAnswering = (db: Db, deploymentId: string) =>
  db
    .selectFrom('service_reports')
    .select(['number', 'number_since as since'])
    .where('deployment_id', '=', deploymentId)
    .executeTakeFirst()

export const putReport = (tx: Tx, row: DeploymentTables['service_reports']) =>
  tx
    .insertInto('service_reports')
    .values(row)
    .onConflict((c) => c.column('deployment_id').doUpdateSet({ ...row }))
    .execute()
