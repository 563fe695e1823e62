import type { Page, PageQuery, Project } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { prepared } from '../db/prepared.ts'

export type ProjectTables = { projects: { id: string; name: string; description: string; created_at: string } }

declare module '../db/tables.ts' {
  interface Tables extends ProjectTables {}
}

const projectOf = ({ id, name, description, created_at }: ProjectTables['projects']): Project => ({
  id,
  name,
  description,
  createdAt: created_at,
})

export async function findProject(db: Db, name: string): Promise<Project | undefined> {
  const { rows } = await projectRows(db, { name })
  return rows[0] && projectOf(rows[0])
}

const projectRows = prepared((db, { name }: { name: string }) =>
  db.selectFrom('projects').selectAll().where('name', '=', name),
)

/** `only`: the names the caller may see; undefined for all. */
export async function listProjects(
  db: Db,
  only: readonly string[] | undefined,
  page: PageQuery,
): Promise<Page<Project>> {
  const query = db
    .selectFrom('projects')
    .selectAll()
    .$if(only !== undefined, (q) => q.where('name', 'in', [...only!, '']))
  return mapPage(await pageOf(query, page, { column: 'name', direction: 'asc', valueOf: (row) => row.name }), projectOf)
}

export const insertProject = (tx: Tx, { createdAt, ...project }: Project) =>
  tx
    .insertInto('projects')
    .values({ ...project, created_at: createdAt })
    .execute()
