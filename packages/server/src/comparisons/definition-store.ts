import type { ComparisonDefinition, Page, PageQuery, RegisteredComparison } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type ComparisonDefinitionTables = {
  comparison_definitions: {
    /** UUIDv7: the order in which definitions were applied. */
    id: string
    project: string
    name: string
    version: number
    digest: string
    spec: string
    applied_by: string
    applied_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ComparisonDefinitionTables {}
}

const registeredOf = (row: ComparisonDefinitionTables['comparison_definitions']): RegisteredComparison => ({
  project: row.project,
  name: row.name,
  version: row.version,
  digest: row.digest,
  spec: fromJson<ComparisonDefinition>(row.spec),
  appliedBy: row.applied_by,
  appliedAt: row.applied_at,
})

/** The version of a definition that is in force, or another one. */
export async function findDefinition(
  db: Db,
  { project, name, version }: { project: string; name: string; version?: number | undefined },
): Promise<RegisteredComparison | undefined> {
  const row = await db
    .selectFrom('comparison_definitions')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
    .$if(version !== undefined, (q) => q.where('version', '=', version!))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && registeredOf(row)
}

/** Every version of every definition of a project, oldest first. */
export async function allDefinitions(db: Db, project: string): Promise<RegisteredComparison[]> {
  const rows = await db
    .selectFrom('comparison_definitions')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id')
    .execute()
  return rows.map(registeredOf)
}

export async function listDefinitions(
  db: Db,
  { project, name }: { project: string; name: string | undefined },
  page: PageQuery,
): Promise<Page<RegisteredComparison>> {
  const query = db
    .selectFrom('comparison_definitions')
    .selectAll()
    .where('project', '=', project)
    .$if(name !== undefined, (q) => q.where('name', '=', name!))
  return mapPage(await pageOf(query, page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }), registeredOf)
}

export const insertDefinition = (tx: Tx, id: string, { spec, ...registered }: RegisteredComparison) =>
  tx
    .insertInto('comparison_definitions')
    .values({
      id,
      project: registered.project,
      name: registered.name,
      version: registered.version,
      digest: registered.digest,
      spec: toJson(spec),
      applied_by: registered.appliedBy,
      applied_at: registered.appliedAt,
    })
    .execute()
