import type { Labels, Page, PageQuery, Stack, StackComponent } from '@airlock-ml/contract'
import type { z } from 'zod'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type StackTables = {
  stacks: { project: string; name: string; labels: string; components: string; created_at: string; updated_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends StackTables {}
}

const stackOf = (row: StackTables['stacks']): Stack => ({
  name: row.name,
  project: row.project,
  labels: fromJson<z.infer<typeof Labels>>(row.labels),
  components: fromJson<StackComponent[]>(row.components),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

export async function findStack(db: Db, project: string, name: string): Promise<Stack | undefined> {
  const row = await db
    .selectFrom('stacks')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst()
  return row && stackOf(row)
}

/** The names of a project's stacks, for who mistyped one. */
export async function stackNames(db: Db, project: string): Promise<string[]> {
  const rows = await db.selectFrom('stacks').select('name').where('project', '=', project).limit(1_000).execute()
  return rows.map(({ name }) => name)
}

export async function listStacks(db: Db, project: string, page: PageQuery): Promise<Page<Stack>> {
  const query = db.selectFrom('stacks').selectAll().where('project', '=', project)
  return mapPage(await pageOf(query, page, { column: 'name', direction: 'asc', valueOf: (row) => row.name }), stackOf)
}

export async function saveStack(tx: Tx, stack: Stack): Promise<void> {
  const changing = { labels: toJson(stack.labels), components: toJson(stack.components), updated_at: stack.updatedAt }
  await tx
    .insertInto('stacks')
    .values({ project: stack.project, name: stack.name, created_at: stack.createdAt, ...changing })
    .onConflict((c) => c.columns(['project', 'name']).doUpdateSet(changing))
    .execute()
}
