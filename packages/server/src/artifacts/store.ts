import type { ArtifactRef, ArtifactType, ArtifactVersion, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

export type ArtifactTables = {
  artifact_tags: { project: string; name: string; version: number; tag: string }
  artifact_notes: { project: string; name: string; version: number; notes: string }
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
    registered_by: string | null
    created_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ArtifactTables {}
}

type Row = ArtifactTables['artifact_versions']

export const refOf = (row: Row): ArtifactRef => ({
  id: row.id,
  name: row.name,
  version: row.version,
  type: row.type,
  digest: row.digest,
  sizeBytes: Number(row.size_bytes),
})

/** The reference in an artifact version. */
export const refIn = ({ id, name, version, type, digest, sizeBytes }: ArtifactVersion): ArtifactRef => ({
  ...{ id, name, version, type, digest, sizeBytes },
})

/** Rows as artifact versions, with what people say of them and what became of their bytes. */
async function described(db: Db, project: string, rows: readonly Row[]): Promise<ArtifactVersion[]> {
  const names = [...new Set(rows.map(({ name }) => name))]
  const digests = [...new Set(rows.map(({ digest }) => digest))]
  if (rows.length === 0) return []
  const inProject = { tags: db.selectFrom('artifact_tags'), notes: db.selectFrom('artifact_notes') }
  const tags = await inProject.tags.selectAll().where('project', '=', project).where('name', 'in', names).execute()
  const notes = await inProject.notes.selectAll().where('project', '=', project).where('name', 'in', names).execute()
  const deleted = await db
    .selectFrom('blobs')
    .select(['digest', 'deleted_at as at', 'deleted_by as by'])
    .where('project', '=', project)
    .where('digest', 'in', digests)
    .where('deleted_at', 'is not', null)
    .execute()
  const of = (row: Row) => (each: { name: string; version: number }) =>
    each.name === row.name && each.version === row.version
  return rows.map((row) => {
    const end = deleted.find(({ digest }) => digest === row.digest)
    return {
      ...refOf(row),
      metadata: fromJson(row.metadata),
      tags: tags
        .filter(of(row))
        .map(({ tag }) => tag)
        .sort(),
      notes: fromJson<ArtifactVersion['notes']>(notes.find(of(row))?.notes ?? '{}'),
      producedBy:
        row.run_id && row.step && row.output ? { runId: row.run_id, step: row.step, output: row.output } : null,
      registeredBy: row.registered_by,
      deleted: end ? { at: end.at!, by: end.by! } : null,
      createdAt: row.created_at,
    }
  })
}

const oneOf = async (db: Db, project: string, row: Row | undefined): Promise<ArtifactVersion | undefined> =>
  row && (await described(db, project, [row]))[0]

/** Which version of a name: the newest, unless one of the two is given. */
export type Which = { version?: number | undefined; digest?: string | undefined }

/** The newest version of a name, as it was made last. */
export const newestRow = async (db: Db, at: { project: string; name: string }): Promise<Row | undefined> =>
  (await newestRows(db, at)).rows[0]

const newestRows = prepared((db, { project, name }: { project: string; name: string }) =>
  db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .orderBy('id', 'desc')
    .limit(1),
)

/** The version of a name, as it was made last. */
const findRowNamed = (
  db: Db,
  { project, name }: { project: string; name: string },
  { version, digest }: Which,
): Promise<Row | undefined> =>
  db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
    .$if(version !== undefined, (q) => q.where('version', '=', version!))
    .$if(digest !== undefined, (q) => q.where('digest', '=', digest!))
    .orderBy('version', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

export const findNamed = async (
  db: Db,
  at: { project: string; name: string },
  which: Which,
): Promise<ArtifactVersion | undefined> => oneOf(db, at.project, await findRowNamed(db, at, which))

/** Names that people gave to artifacts, the first ones. */
export async function givenNames(db: Db, project: string): Promise<string[]> {
  const query = db.selectFrom('artifact_versions').select('name').distinct().where('project', '=', project)
  const rows = await query.where('name', 'not like', '%.%').orderBy('name').limit(1_000).execute()
  return rows.map(({ name }) => name)
}

export const insertArtifact = prepared((db, row: Row) =>
  db.insertInto('artifact_versions').values({
    id: row.id,
    project: row.project,
    name: row.name,
    version: row.version,
    type: row.type,
    digest: row.digest,
    size_bytes: row.size_bytes,
    metadata: row.metadata,
    run_id: row.run_id,
    step: row.step,
    output: row.output,
    registered_by: row.registered_by,
    created_at: row.created_at,
  }),
)

export async function findArtifact(db: Db, project: string, id: string): Promise<ArtifactVersion | undefined> {
  const row = await db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
  return oneOf(db, project, row)
}

/** The newest artifact version with these bytes. */
export async function findNewestWith(db: Db, project: string, digest: string): Promise<ArtifactVersion | undefined> {
  const query = db.selectFrom('artifact_versions').selectAll().where('project', '=', project)
  const row = await query.where('digest', '=', digest).orderBy('id', 'desc').limit(1).executeTakeFirst()
  return oneOf(db, project, row)
}

/** What the steps of a run made, by step and output. */
export const artifactsOfRun = (db: Db, runId: string): Promise<Row[]> =>
  db.selectFrom('artifact_versions').selectAll().where('run_id', '=', runId).orderBy('id').execute()

export async function listArtifacts(
  db: Db,
  {
    project,
    name,
    digest,
    runId,
    tag,
  }: { project: string } & Partial<Record<'name' | 'digest' | 'runId' | 'tag', string | undefined>>,
  page: PageQuery,
): Promise<Page<ArtifactVersion>> {
  const query = db
    .selectFrom('artifact_versions')
    .selectAll()
    .where('project', '=', project)
    .$if(name !== undefined, (q) => q.where('name', '=', name!))
    .$if(digest !== undefined, (q) => q.where('digest', '=', digest!))
    .$if(runId !== undefined, (q) => q.where('run_id', '=', runId!))
    .$if(tag !== undefined, (q) =>
      q.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('artifact_tags')
            .select('tag')
            .where('artifact_tags.project', '=', project)
            .where('artifact_tags.tag', '=', tag!)
            .whereRef('artifact_tags.name', '=', 'artifact_versions.name')
            .whereRef('artifact_tags.version', '=', 'artifact_versions.version'),
        ),
      ),
    )
  const rows = await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id })
  return { ...rows, items: await described(db, project, rows.items) }
}

type Version = { project: string; name: string; version: number }

export const insertTags = async (tx: Tx, at: Version, tags: readonly string[]): Promise<void> => {
  for (const tag of tags)
    await tx
      .insertInto('artifact_tags')
      .values({ ...at, tag })
      .onConflict((c) => c.doNothing())
      .execute()
}

export const deleteTags = async (tx: Tx, { project, name, version }: Version, tags: readonly string[]) => {
  if (tags.length === 0) return
  await tx
    .deleteFrom('artifact_tags')
    .where('project', '=', project)
    .where('name', '=', name)
    .where('version', '=', version)
    .where('tag', 'in', tags)
    .execute()
}

export const putNotes = (tx: Tx, at: Version, notes: ArtifactVersion['notes']) =>
  tx
    .insertInto('artifact_notes')
    .values({ ...at, notes: toJson(notes) })
    .onConflict((c) => c.columns(['project', 'name', 'version']).doUpdateSet({ notes: toJson(notes) }))
    .execute()
