import type { DriftBreach, DriftFinding, MonitoringWindow, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type MonitoringTables = {
  monitoring_windows: {
    /** A UUIDv7 of the service, so later ones sort last. */
    id: string
    deployment_id: string
    project: string
    digest: string
    level: MonitoringWindow['level']
    ended_at: string
    /** The whole of it as JSON. */
    report: string
  }
  drift_breaches: {
    id: string
    deployment_id: string
    project: string
    number: number
    digest: string
    measure: DriftFinding['measure']
    subject: DriftFinding['subject']
    name: string
    value: number
    most: number
    windows: number
    began_at: string
    seen_until: string
    ended_at: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends MonitoringTables {}
}

/** Bytes that answered in a project. */
type Bytes = { project: string; digest: string }

export async function findWindow(db: Db, deploymentId: string, id: string): Promise<MonitoringWindow | undefined> {
  const row = await windowsOf(db, deploymentId).where('id', '=', id).executeTakeFirst()
  return row && fromJson<MonitoringWindow>(row.report)
}

const windowsOf = (db: Db, deploymentId: string) =>
  db.selectFrom('monitoring_windows').selectAll().where('deployment_id', '=', deploymentId)

export const insertWindow = (
  tx: Tx,
  { id: deploymentId, project }: { id: string; project: string },
  window: MonitoringWindow,
) =>
  tx
    .insertInto('monitoring_windows')
    .values({
      id: window.id,
      deployment_id: deploymentId,
      project,
      digest: window.digest,
      level: window.level,
      ended_at: window.endedAt,
      report: toJson(window),
    })
    .execute()

/** Removes all but the latest. */
export const keepLatestWindows = async (tx: Tx, deploymentId: string, keep: number): Promise<void> => {
  const oldest = await windowsOf(tx, deploymentId)
    .orderBy('id', 'desc')
    .offset(keep - 1)
    .limit(1)
    .executeTakeFirst()
  if (!oldest) return
  await tx
    .deleteFrom('monitoring_windows')
    .where('deployment_id', '=', deploymentId)
    .where('id', '<', oldest.id)
    .execute()
}

export const listWindows = async (db: Db, deploymentId: string, page: PageQuery): Promise<Page<MonitoringWindow>> =>
  mapPage(
    await pageOf(windowsOf(db, deploymentId), page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }),
    (row) => fromJson<MonitoringWindow>(row.report),
  )

/** How many windows that were judged are kept of some bytes, and how the last of them was. */
export async function judgedWindows(
  db: Db,
  { project, digest }: Bytes,
): Promise<{ windows: number; last: Pick<MonitoringTables['monitoring_windows'], 'level' | 'ended_at'> | undefined }> {
  const judged = db
    .selectFrom('monitoring_windows')
    .where('project', '=', project)
    .where('digest', '=', digest)
    .where('level', '!=', 'too-few')
  const { windows } = await judged.select((q) => q.fn.countAll<number>().as('windows')).executeTakeFirstOrThrow()
  const last = await judged.select(['level', 'ended_at']).orderBy('ended_at', 'desc').limit(1).executeTakeFirst()
  return { windows: Number(windows), last }
}

const breachOf = (row: MonitoringTables['drift_breaches']): DriftBreach => ({
  id: row.id,
  number: row.number,
  digest: row.digest,
  measure: row.measure,
  subject: row.subject,
  name: row.name,
  value: row.value,
  limit: row.most,
  windows: row.windows,
  beganAt: row.began_at,
  seenUntil: row.seen_until,
  endedAt: row.ended_at,
})

/** The breaches of some bytes that have not ended, in one deployment or in all of a project. */
export const openBreaches = async (
  db: Db,
  { project, digest, deploymentId }: Bytes & { deploymentId?: string },
): Promise<DriftBreach[]> => {
  const rows = await db
    .selectFrom('drift_breaches')
    .selectAll()
    .where('project', '=', project)
    .where('digest', '=', digest)
    .where('ended_at', 'is', null)
    .$if(deploymentId !== undefined, (q) => q.where('deployment_id', '=', deploymentId!))
    .orderBy('id')
    .execute()
  return rows.map(breachOf)
}

export const listBreaches = async (
  db: Db,
  { deploymentId, open }: { deploymentId: string; open: boolean | undefined },
  page: PageQuery,
): Promise<Page<DriftBreach>> => {
  const query = db
    .selectFrom('drift_breaches')
    .selectAll()
    .where('deployment_id', '=', deploymentId)
    .$if(open === true, (q) => q.where('ended_at', 'is', null))
    .$if(open === false, (q) => q.where('ended_at', 'is not', null))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), breachOf)
}

/** Writes a breach, whether it is new or known. */
export const putBreach = (
  tx: Tx,
  { id: deploymentId, project }: { id: string; project: string },
  { limit, beganAt, seenUntil, endedAt, ...breach }: DriftBreach,
) => {
  const row = { ...breach, most: limit, began_at: beganAt, seen_until: seenUntil, ended_at: endedAt }
  return tx
    .insertInto('drift_breaches')
    .values({ ...row, deployment_id: deploymentId, project })
    .onConflict((c) => c.column('id').doUpdateSet(row))
    .execute()
}
