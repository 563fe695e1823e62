import type { Page, PageQuery, Recall, VersionMark } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import type { Candidate } from './candidate.ts'

export type MarkTables = {
  version_marks: {
    id: string
    project: string
    model: string
    number: number
    /** Of the model; null where the mark is on the version alone, because the same bytes hold a stage. */
    digest: string | null
    source_workspace: string
    source_number: number
    mark: VersionMark['mark']
    reason: string
    recall_id: string | null
    at: string
    by_name: string
    by_person: string
    released_at: string | null
    released_by: string | null
  }
  recalls: {
    id: string
    project: string
    kind: Recall['kind']
    /** What makes it one recall: a version's source, a digest or a commit. */
    target: string
    model: string | null
    number: number | null
    source_workspace: string | null
    source_number: number | null
    digest: string | null
    git_commit: string | null
    reason: string
    at: string
    by_name: string
    /** Who answers for a recall of this workspace; null for one that another workspace issued. */
    by_person: string | null
    origin_workspace: string
    origin_id: string
    lifted_at: string | null
    lifted_by: string | null
    lifted_reason: string | null
  }
}

declare module '../db/tables.ts' {
  interface Tables extends MarkTables {}
}

type MarkRow = MarkTables['version_marks']
type RecallRow = MarkTables['recalls']

/** A mark with the version it is on, and the person who answers for it. */
export type MarkOnVersion = VersionMark & { number: number; person: string }

const markOf = (row: MarkRow): MarkOnVersion => ({
  number: row.number,
  mark: row.mark,
  reason: row.reason,
  recallId: row.recall_id,
  at: row.at,
  by: row.by_name,
  person: row.by_person,
})

export const insertMark = (tx: Tx, row: MarkRow) => tx.insertInto('version_marks').values(row).execute()

/** The marks of a version, newest first, those that were lifted included. */
export const marksOfVersion = (db: Db, at: { project: string; model: string; number: number }): Promise<MarkRow[]> =>
  db
    .selectFrom('version_marks')
    .selectAll()
    .where('project', '=', at.project)
    .where('model', '=', at.model)
    .where('number', '=', at.number)
    .orderBy('id', 'desc')
    .execute()

/** The marks in force on some versions of a model, by number. */
export async function marksByNumber(
  db: Db,
  { project, model }: { project: string; model: string },
  numbers: readonly number[],
): Promise<Map<number, VersionMark[]>> {
  if (numbers.length === 0) return new Map()
  const rows = await db
    .selectFrom('version_marks')
    .selectAll()
    .where('project', '=', project)
    .where('model', '=', model)
    .where('number', 'in', numbers)
    .where('released_at', 'is', null)
    .orderBy('id')
    .execute()
  const shown = ({ number: _, person: __, ...mark }: MarkOnVersion): VersionMark => mark
  return new Map([...Map.groupBy(rows.map(markOf), (mark) => mark.number)].map(([n, marks]) => [n, marks.map(shown)]))
}

/** The marks in force that bar a candidate: on the version itself, on its bytes, or on what came from the same source. */
export async function marksOn(db: Db, { project, model, number, digest, source }: Candidate): Promise<MarkOnVersion[]> {
  const rows = await db
    .selectFrom('version_marks')
    .selectAll()
    .where('project', '=', project)
    .where('model', '=', model)
    .where('released_at', 'is', null)
    .where((e) =>
      e.or([
        e('number', '=', number ?? -1),
        e('digest', '=', digest),
        e.and([e('source_workspace', '=', source.workspace), e('source_number', '=', source.number)]),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map(markOf)
}

export const releaseMarks = (tx: Tx, ids: readonly string[], released: { at: string; by: string }) =>
  tx
    .updateTable('version_marks')
    .set({ released_at: released.at, released_by: released.by })
    .where('id', 'in', ids)
    .execute()

const recallOf = (row: RecallRow): Recall => ({
  id: row.id,
  project: row.project,
  kind: row.kind,
  model: row.model,
  number: row.number,
  source:
    row.source_workspace === null || row.source_number === null
      ? null
      : { workspace: row.source_workspace, number: row.source_number },
  digest: row.digest,
  commit: row.git_commit,
  reason: row.reason,
  at: row.at,
  by: row.by_name,
  origin: { workspace: row.origin_workspace, recallId: row.origin_id },
  lifted: row.lifted_at === null ? null : { at: row.lifted_at, by: row.lifted_by!, reason: row.lifted_reason! },
})

const recallsOf = (db: Db, project: string) => db.selectFrom('recalls').selectAll().where('project', '=', project)

/** Every standing recall of a project, oldest first. */
export const standingRecalls = async (db: Db, project: string): Promise<Recall[]> =>
  (await recallsOf(db, project).where('lifted_at', 'is', null).orderBy('id').execute()).map(recallOf)

const foundIn = (row: RecallRow | undefined) => row && { recall: recallOf(row), person: row.by_person }

/** A recall, and the person who answers for it here; null for one that another workspace issued. */
export async function findRecall(
  db: Db,
  project: string,
  by: { id: string } | { origin: Recall['origin'] },
): Promise<{ recall: Recall; person: string | null } | undefined> {
  const all = recallsOf(db, project)
  const query =
    'id' in by
      ? all.where('id', '=', by.id)
      : all.where('origin_workspace', '=', by.origin.workspace).where('origin_id', '=', by.origin.recallId)
  return foundIn(await query.executeTakeFirst())
}

/** This workspace's own standing recall of a target. */
export async function findOwnRecall(
  db: Db,
  project: string,
  { kind, target }: { kind: Recall['kind']; target: string },
): Promise<Recall | undefined> {
  const row = await recallsOf(db, project)
    .where('kind', '=', kind)
    .where('target', '=', target)
    .where('lifted_at', 'is', null)
    .where('by_person', 'is not', null)
    .executeTakeFirst()
  return row && recallOf(row)
}

export const listRecalls = async (db: Db, project: string, page: PageQuery): Promise<Page<Recall>> =>
  mapPage(
    await pageOf(recallsOf(db, project), page, { column: 'id', direction: 'desc', valueOf: (row) => row.id }),
    recallOf,
  )

/** `person` answers for it here; null for one that another workspace issued. */
export const insertRecall = (
  tx: Tx,
  recall: Omit<Recall, 'lifted'>,
  { target, person }: { target: string; person: string | null },
) =>
  tx
    .insertInto('recalls')
    .values({
      id: recall.id,
      project: recall.project,
      kind: recall.kind,
      target,
      model: recall.model,
      number: recall.number,
      source_workspace: recall.source?.workspace ?? null,
      source_number: recall.source?.number ?? null,
      digest: recall.digest,
      git_commit: recall.commit,
      reason: recall.reason,
      at: recall.at,
      by_name: recall.by,
      by_person: person,
      origin_workspace: recall.origin.workspace,
      origin_id: recall.origin.recallId,
      lifted_at: null,
      lifted_by: null,
      lifted_reason: null,
    })
    .execute()

export const setLifted = (tx: Tx, id: string, { at, by, reason }: NonNullable<Recall['lifted']>) =>
  tx.updateTable('recalls').set({ lifted_at: at, lifted_by: by, lifted_reason: reason }).where('id', '=', id).execute()

/** The versions that carry a recall's mark, with the mark's id. */
export const markedBy = (db: Db, recallId: string) =>
  db
    .selectFrom('version_marks')
    .select(['id', 'project', 'model', 'number'])
    .where('recall_id', '=', recallId)
    .where('released_at', 'is', null)
    .orderBy('id')
    .execute()
