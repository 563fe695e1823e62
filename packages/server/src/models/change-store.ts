import type { HeldStage, Page, PageQuery, StageChange } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import type { ModelKey } from './store.ts'

export type ChangeTables = {
  stage_changes: {
    /** That of its audit event: the order in which stages changed hands. */
    sequence: number
    id: string
    project: string
    model: string
    stage: HeldStage
    act: StageChange['act']
    number: number
    source_number: number
    digest: string
    previous_number: number | null
    at: string
    by_name: string
    reason: string | null
    promotion_id: string | null
    policy_version: number
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ChangeTables {}
}

type ChangeRow = ChangeTables['stage_changes']

const changeOf = (row: ChangeRow): StageChange => ({
  id: row.id,
  model: row.model,
  stage: row.stage,
  act: row.act,
  number: row.number,
  sourceNumber: row.source_number,
  digest: row.digest,
  previousNumber: row.previous_number,
  at: row.at,
  by: row.by_name,
  reason: row.reason,
  promotionId: row.promotion_id,
  policyVersion: row.policy_version,
})

export const insertChange = (tx: Tx, project: string, change: StageChange & { sequence: number }) =>
  tx
    .insertInto('stage_changes')
    .values({
      sequence: change.sequence,
      id: change.id,
      project,
      model: change.model,
      stage: change.stage,
      act: change.act,
      number: change.number,
      source_number: change.sourceNumber,
      digest: change.digest,
      previous_number: change.previousNumber,
      at: change.at,
      by_name: change.by,
      reason: change.reason,
      promotion_id: change.promotionId,
      policy_version: change.policyVersion,
    })
    .execute()

const changesOf = (db: Db, { project, model }: ModelKey, stage: HeldStage | undefined) =>
  db
    .selectFrom('stage_changes')
    .selectAll()
    .where('project', '=', project)
    .where('model', '=', model)
    .$if(stage !== undefined, (q) => q.where('stage', '=', stage!))

export async function listChanges(
  db: Db,
  model: ModelKey,
  filter: { stage?: HeldStage | undefined },
  page: PageQuery,
): Promise<Page<StageChange>> {
  const rows = await pageOf(changesOf(db, model, filter.stage), page, {
    column: 'sequence',
    direction: 'desc',
    valueOf: (row) => Number(row.sequence),
  })
  return mapPage(rows, changeOf)
}

/** Every change of a stage's holder, oldest first. */
export async function changesOldestFirst(db: Db, model: ModelKey, stage?: HeldStage): Promise<StageChange[]> {
  return (await changesOf(db, model, stage).orderBy('sequence').execute()).map(changeOf)
}

/** The promotion by which a version came into a stage last; null where none brought it there. */
export async function lastImportInto(
  db: Db,
  { project, model, number }: ModelKey & { number: number },
  stage: HeldStage,
): Promise<string | null> {
  const row = await changesOf(db, { project, model }, stage)
    .where('number', '=', number)
    .where('promotion_id', 'is not', null)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.promotion_id ?? null
}

/** Promotions that gave a stage to a version. */
export async function promotionsOfChanges(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectFrom('stage_changes')
    .select('promotion_id')
    .where('promotion_id', 'is not', null)
    .execute()
  return new Set(rows.map((row) => row.promotion_id!))
}

/** Every holder of a stage in the workspace, and the last change of each stage, for the check. */
export const holdersAndLastChanges = async (db: Db) => ({
  holders: await db
    .selectFrom('model_versions')
    .select(['project', 'model', 'stage', 'number'])
    .where('stage', 'in', ['staging', 'production'])
    .execute(),
  changes: await db.selectFrom('stage_changes').selectAll().orderBy('sequence').execute(),
})
