import type { ArtifactRef, ArtifactType, ArtifactVersion, Blob, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type ArtifactTables = {
  blobs: { project: string; digest: string; size_bytes: number; created_at: string }
  artifact_versions: {
    id: string
    project: string
    name: string
    version: number
    type: ArtifactType
    digest: string
    size_bytes: number
    metadata: string
    run_id: string | null
    step: string | null
    output: string | null
    created_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ArtifactTables {}
}

type Row = ArtifactTables['artifact_versions']

export async function findBlob(db: Db, project: string, digest: string): Promise<Blob | undefined> {
  const row = await db
    .selectFrom('blobs')
    .selectAll()
    .where('project', '=', project)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row && { digest: row.digest, sizeBytes: Number(row.size_bytes) }
}

export const insertBlob = (tx: Tx, project: string, blob: Blob & { createdAt: string }) =>
  tx
    .insertInto('blobs')
    .values({ project, digest: blob.digest, size_bytes: blob.sizeBytes, created_at: blob.createdAt })
    .onConflict((c) => c.doNothing())
    .execute()

/** Whether any project of the workspace refers to bytes. */
export const isReferred = async (db: Db, digest: string): Promise<boolean> =>
  (await db.selectFrom('blobs').select('digest').where('digest', '=', digest).executeTakeFirst()) !== undefined

/** The digests that any project of the workspace refers to, with their sizes. */
export async function allBlobs(db: Db): Promise<Map<string, number>> {
  const rows = await db.selectFrom('blobs').select(['digest', 'size_bytes']).distinct().execute()
  return new Map(rows.map((row) => [row.digest, Number(row.size_bytes)]))
}

export const refOf = (row: Row): ArtifactRef => ({
  id: row.id,
  name: row.name,
  version: row.version,
  type: row.type,
  digest: row.digest,
  sizeBytes: Number(row.size_bytes),
})

const artifactOf = (row: Row): ArtifactVersion => ({
  ...refOf(row),
  metadata: fromJson(row.metadata),
  producedBy: row.run_id && row.step && row.output ? { runId: row.run_id, step: row.step, output: row.output } : null,
  createdAt: row.created_at,
})

export async function nextArtifactVersion(tx: Tx, project: string, name: string): Promise<number> {
  const row = await tx
    .selectFrom('artifact_versions')
    .select((e) => e.fn.max('version').as('latest'))
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(row?.latest ?? 0) + 1
}

export const insertArtifact = (tx: Tx, row: Row) => tx.insertInto('artifact_versions').values(row).execute()

export async function findArtifact(db: Db, project: string, id: string): Promise<ArtifactVersion | undefined> {
  const row = await db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && artifactOf(row)
}

/** The newest artifact version with these bytes. */
export async function findNewestWith(db: Db, project: string, digest: string): Promise<ArtifactVersion | undefined> {
  const query = db.selectFrom('artifact_versions').selectAll().where('project', '=', project)
  const row = await query.where('digest', '=', digest).orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row && artifactOf(row)
}

/** What the steps of a run made, by step and output. */
export const artifactsOfRun = (db: Db, runId: string): Promise<Row[]> =>
  db.selectFrom('artifact_versions').selectAll().where('run_id', '=', runId).orderBy('id').execute()

export async function listArtifacts(
  db: Db,
  filter: { project: string; name?: string | undefined; digest?: string | undefined; runId?: string | undefined },
  page: PageQuery,
): Promise<Page<ArtifactVersion>> {
  const query = db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', filter.project)
    .$if(filter.name !== undefined, (q) => q.where('name', '=', filter.name!))
    .$if(filter.digest !== undefined, (q) => q.where('digest', '=', filter.digest!))
    .$if(filter.runId !== undefined, (q) => q.where('run_id', '=', filter.runId!))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), artifactOf)
}
