import type { HeldStage, ModelVersion, Page, PageQuery, Stage, VersionMark } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { pageOf } from '../db/keyset.ts'
import { marksByNumber } from '../marks/store.ts'
import type { ModelKey } from './store.ts'

export type VersionTables = {
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
}

declare module '../db/tables.ts' {
  interface Tables extends VersionTables {}
}

type VersionRow = VersionTables['model_versions']

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

/** Versions with the digests they stand on, for the check, which asks for no marks. */
export const allVersions = async (db: Db): Promise<ModelVersion[]> =>
  (await db.selectFrom('model_versions').selectAll().execute()).map((row) => versionOf(row, []))
