import type {
  HeldStage,
  Model,
  ModelVersion,
  Page,
  PageQuery,
  Stage,
  StageChange,
  VersionMark,
} from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { marksByNumber } from '../marks/store.ts'

export type ModelTables = {
  models: { project: string; name: string; latest_number: number; created_at: string }
  model_versions: {
    id: string
    project: string
    model: string
    number: number
    stage: Stage
    digest: string
    metrics: string
    parameters: string
    artifacts: string
    evaluation: string
    evidence: string
    source: string
    source_workspace: string
    source_number: number
    bundle_digest: string | null
    created_by: string
    created_at: string
  }
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
  interface Tables extends ModelTables {}
}

/** Which model. */
export type ModelKey = { project: string; model: string }

type VersionRow = ModelTables['model_versions']

const versionOf = (row: VersionRow, marks: VersionMark[]): ModelVersion => ({
  id: row.id,
  project: row.project,
  model: row.model,
  number: row.number,
  stage: row.stage,
  digest: row.digest,
  metrics: fromJson(row.metrics),
  parameters: fromJson(row.parameters),
  artifacts: fromJson(row.artifacts),
  evaluation: fromJson(row.evaluation),
  evidence: fromJson(row.evidence),
  source: fromJson(row.source),
  marks,
  createdBy: row.created_by,
  createdAt: row.created_at,
})

/** Rows as versions, in their order, with the marks that bar them. */
async function versionsOfRows(db: Db, rows: VersionRow[]): Promise<ModelVersion[]> {
  const marks = new Map<string, VersionMark[]>()
  const keyOf = ({ project, model }: VersionRow, number: number) => `${project}/${model}/${number}`
  for (const [, some] of Map.groupBy(rows, (row) => keyOf(row, 0))) {
    const numbers = some.map(({ number }) => number)
    for (const [number, on] of await marksByNumber(db, some[0]!, numbers)) marks.set(keyOf(some[0]!, number), on)
  }
  return rows.map((row) => versionOf(row, marks.get(keyOf(row, row.number)) ?? []))
}

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

export const insertVersion = (tx: Tx, version: ModelVersion) =>
  tx
    .insertInto('model_versions')
    .values({
      id: version.id,
      project: version.project,
      model: version.model,
      number: version.number,
      stage: version.stage,
      digest: version.digest,
      metrics: toJson(version.metrics),
      parameters: toJson(version.parameters),
      artifacts: toJson(version.artifacts),
      evaluation: toJson(version.evaluation),
      evidence: toJson(version.evidence),
      source: toJson(version.source),
      source_workspace: version.source.workspace,
      source_number: version.source.number,
      bundle_digest: version.source.bundleDigest,
      created_by: version.createdBy,
      created_at: version.createdAt,
    })
    .execute()

const versionsOf = (db: Db, { project, model }: ModelKey) =>
  db.selectFrom('model_versions').selectAll().where('project', '=', project).where('model', '=', model)

/** What finds one version of a model. */
export type VersionKey = { number: number } | { stage: HeldStage } | { bundleDigest: string } | 'newest'

export async function findVersion(db: Db, model: ModelKey, by: VersionKey): Promise<ModelVersion | undefined> {
  const all = versionsOf(db, model)
  const query =
    by === 'newest'
      ? all.orderBy('number', 'desc')
      : 'number' in by
        ? all.where('number', '=', by.number)
        : 'stage' in by
          ? all.where('stage', '=', by.stage)
          : all.where('bundle_digest', '=', by.bundleDigest)
  return (await versionsOfRows(db, await query.limit(1).execute()))[0]
}

/** Versions by their ids, newest first. */
export async function findVersionsById(db: Db, project: string, ids: readonly string[]): Promise<ModelVersion[]> {
  if (ids.length === 0) return []
  const query = db.selectFrom('model_versions').selectAll().where('project', '=', project).where('id', 'in', ids)
  return versionsOfRows(db, await query.orderBy('id', 'desc').execute())
}

/** The version that holds a stage with the same bytes: itself, or the same model under another number. */
export const findHolderOfBytes = (db: Db, { project, model, digest }: ModelVersion) =>
  db
    .selectFrom('model_versions')
    .select(['number', 'stage'])
    .where('project', '=', project)
    .where('model', '=', model)
    .where('digest', '=', digest)
    .where('stage', 'in', ['staging', 'production'])
    .executeTakeFirst()

/** The highest number, there, of the versions that came from another workspace; 0 when none did. */
export async function latestSourceNumber(db: Db, { project, model }: ModelKey, workspace: string): Promise<number> {
  const row = await db
    .selectFrom('model_versions')
    .select((e) => e.fn.max('source_number').as('latest'))
    .where('project', '=', project)
    .where('model', '=', model)
    .where('source_workspace', '=', workspace)
    .executeTakeFirst()
  return Number(row?.latest ?? 0)
}

export async function listVersions(
  db: Db,
  model: ModelKey,
  filter: { stage?: Stage | undefined },
  page: PageQuery,
): Promise<Page<ModelVersion>> {
  const query = versionsOf(db, model).$if(filter.stage !== undefined, (q) => q.where('stage', '=', filter.stage!))
  const rows = await pageOf(query, page, { column: 'number', direction: 'desc', valueOf: (row) => row.number })
  return { ...rows, items: await versionsOfRows(db, rows.items) }
}

export const setStage = (tx: Tx, versionId: string, stage: Stage) =>
  tx.updateTable('model_versions').set({ stage }).where('id', '=', versionId).execute()

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

export async function listModels(db: Db, project: string, page: PageQuery): Promise<Page<Model>> {
  const rows = await pageOf(withHolders(db, project), page, {
    column: 'models.name',
    direction: 'asc',
    valueOf: (row) => row.name,
  })
  return mapPage(rows, (row) => modelOf(row as ModelRow))
}

type ChangeRow = ModelTables['stage_changes']

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

/** Every holder of a stage in the workspace, and the last change of each stage, for the check. */
export const holdersAndLastChanges = async (db: Db) => ({
  holders: await db
    .selectFrom('model_versions')
    .select(['project', 'model', 'stage', 'number'])
    .where('stage', 'in', ['staging', 'production'])
    .execute(),
  changes: await db.selectFrom('stage_changes').selectAll().orderBy('sequence').execute(),
})

/** Versions with the digests they stand on, for the check, which asks for no marks. */
export const allVersions = async (db: Db): Promise<ModelVersion[]> =>
  (await db.selectFrom('model_versions').selectAll().execute()).map((row) => versionOf(row, []))
