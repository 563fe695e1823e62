import type { HeldStage, Model, Page, PageQuery } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'

export type ModelTables = {
  models: { project: string; name: string; latest_number: number; created_at: string }
}

declare module '../db/tables.ts' {
  interface Tables extends ModelTables {}
}

/** Which model. */
export type ModelKey = { project: string; model: string }

/** Takes the next number of a model, making the model at its first version. */
export async function nextNumber(tx: Tx, { project, model }: ModelKey, now: string): Promise<number> {
  await tx
    .insertInto('models')
    .values({ project, name: model, latest_number: 0, created_at: now })
    .onConflict((c) => c.doNothing())
    .execute()
  const row = await tx
    .updateTable('models')
    .set((e) => ({ latest_number: e('latest_number', '+', 1) }))
    .where('project', '=', project)
    .where('name', '=', model)
    .returning('latest_number')
    .executeTakeFirstOrThrow()
  return row.latest_number
}

const withHolders = (db: Db, project: string) =>
  db
    .selectFrom('models')
    .selectAll('models')
    .select((e) =>
      (['staging', 'production'] as const).map((stage) =>
        e
          .selectFrom('model_versions')
          .select('model_versions.number')
          .whereRef('model_versions.project', '=', 'models.project')
          .whereRef('model_versions.model', '=', 'models.name')
          .where('model_versions.stage', '=', stage)
          .as(stage),
      ),
    )
    .where('models.project', '=', project)

type ModelRow = ModelTables['models'] & Record<HeldStage, number | null>

const modelOf = (row: ModelRow): Model => ({
  name: row.name,
  project: row.project,
  latestNumber: row.latest_number,
  stages: { staging: row.staging, production: row.production },
  createdAt: row.created_at,
})

export async function findModel(db: Db, { project, model }: ModelKey): Promise<Model | undefined> {
  const row = await withHolders(db, project).where('models.name', '=', model).executeTakeFirst()
  return row && modelOf(row as ModelRow)
}

/** The names of a project's models, for who mistyped one. */
export async function modelNames(db: Db, project: string): Promise<string[]> {
  const rows = await db.selectFrom('models').select('name').where('project', '=', project).limit(1_000).execute()
  return rows.map(({ name }) => name)
}

export async function listModels(db: Db, project: string, page: PageQuery): Promise<Page<Model>> {
  const rows = await pageOf(withHolders(db, project), page, {
    column: 'models.name',
    direction: 'asc',
    valueOf: (row) => row.name,
  })
  return mapPage(rows, (row) => modelOf(row as ModelRow))
}
