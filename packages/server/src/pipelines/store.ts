import type { Page, PageQuery, Pipeline, Snapshot, SnapshotSpec, SnapshotSummary } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type PipelineTables = {
  pipelines: { project: string; name: string; created_at: string }
  snapshots: {
    id: string
    project: string
    pipeline: string
    digest: string
    environment: SnapshotSpec['environment']
    stack: string
    git_commit: string | null
    dirty: number
    /** Canonical JSON, kept verbatim: its SHA-256 is `digest`. */
    spec: string
    created_by: string
    created_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends PipelineTables {}
}

type Row = PipelineTables['snapshots']

const snapshotOf = (row: Row): Snapshot => ({
  id: row.id,
  project: row.project,
  digest: row.digest,
  createdBy: row.created_by,
  createdAt: row.created_at,
  spec: fromJson<SnapshotSpec>(row.spec),
})

const summaryOf = (row: Omit<Row, 'spec'>): SnapshotSummary => ({
  id: row.id,
  project: row.project,
  digest: row.digest,
  createdBy: row.created_by,
  createdAt: row.created_at,
  pipeline: row.pipeline,
  environment: row.environment,
  stack: row.stack,
  commit: row.git_commit,
  dirty: Boolean(row.dirty),
})

export async function findSnapshot(
  db: Db,
  project: string,
  by: { id: string } | { digest: string },
): Promise<Snapshot | undefined> {
  const row = await db
    .selectFrom('snapshots')
    .selectAll()
    .where('project', '=', project)
    .$if('id' in by, (q) => q.where('id', '=', (by as { id: string }).id))
    .$if('digest' in by, (q) => q.where('digest', '=', (by as { digest: string }).digest))
    .executeTakeFirst()
  return row && snapshotOf(row)
}

/** The specification's own bytes, as they were digested. */
export async function readSpecBytes(db: Db, project: string, digest: string): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('snapshots')
    .select('spec')
    .where('project', '=', project)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row && Buffer.from(row.spec)
}

export async function listSnapshots(
  db: Db,
  filter: { project: string; pipeline?: string | undefined },
  page: PageQuery,
): Promise<Page<SnapshotSummary>> {
  const query = db
    .selectFrom('snapshots')
    .select([
      'id',
      'project',
      'pipeline',
      'digest',
      'environment',
      'stack',
      'git_commit',
      'dirty',
      'created_by',
      'created_at',
    ])
    .where('project', '=', filter.project)
    .$if(filter.pipeline !== undefined, (q) => q.where('pipeline', '=', filter.pipeline!))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), summaryOf)
}

export const insertSnapshot = (tx: Tx, row: Row) => tx.insertInto('snapshots').values(row).execute()

export const insertPipeline = (tx: Tx, row: PipelineTables['pipelines']) =>
  tx
    .insertInto('pipelines')
    .values(row)
    .onConflict((c) => c.doNothing())
    .execute()

const withCounts = (db: Db, project: string) =>
  db
    .selectFrom('pipelines')
    .selectAll('pipelines')
    .select((e) => [
      e
        .selectFrom('snapshots')
        .select((s) => s.fn.countAll().as('n'))
        .whereRef('snapshots.project', '=', 'pipelines.project')
        .whereRef('snapshots.pipeline', '=', 'pipelines.name')
        .as('snapshots'),
      e
        .selectFrom('snapshots')
        .select('snapshots.id')
        .whereRef('snapshots.project', '=', 'pipelines.project')
        .whereRef('snapshots.pipeline', '=', 'pipelines.name')
        .orderBy('snapshots.id', 'desc')
        .limit(1)
        .as('latest'),
    ])
    .where('pipelines.project', '=', project)

type CountedRow = Awaited<ReturnType<ReturnType<typeof withCounts>['executeTakeFirstOrThrow']>>

const pipelineOf = (row: CountedRow): Pipeline => ({
  name: row.name,
  project: row.project,
  snapshots: Number(row.snapshots),
  latestSnapshotId: row.latest!,
  createdAt: row.created_at,
})

export async function findPipeline(db: Db, project: string, name: string): Promise<Pipeline | undefined> {
  const row = await withCounts(db, project).where('pipelines.name', '=', name).executeTakeFirst()
  return row && pipelineOf(row)
}

/** The names of a project's pipelines, for who mistyped one. */
export async function pipelineNames(db: Db, project: string): Promise<string[]> {
  const rows = await db.selectFrom('pipelines').select('name').where('project', '=', project).limit(1_000).execute()
  return rows.map(({ name }) => name)
}

export async function listPipelines(db: Db, project: string, page: PageQuery): Promise<Page<Pipeline>> {
  const query = withCounts(db, project)
  return mapPage(
    await pageOf(query, page, { column: 'pipelines.name', direction: 'asc', valueOf: (row) => row.name }),
    pipelineOf,
  )
}
