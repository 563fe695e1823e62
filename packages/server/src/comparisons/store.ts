import {
  type BundledComparison,
  type ComparisonResult,
  type Grade,
  MAX_BUNDLED_COMPARISONS,
  type ModelVersion,
  type Page,
  type PageQuery,
  type RegisteredComparison,
} from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import { mapPage, pageOf } from '../db/keyset.ts'
import { judgedByClaim } from './judged-by.ts'

export type ComparisonTables = {
  comparisons: {
    /** Where it was made: this workspace, or that of a bundle. The numbers are of that workspace. */
    workspace: string
    /** The run that made it: a UUIDv7, so later ones sort last. */
    run_id: string
    project: string
    model: string
    challenger_number: number
    challenger_digest: string
    champion_number: number
    champion_digest: string
    grade: Grade
    result: string
    compared_at: string
  }
}

declare module '../db/tables.ts' {
  interface Tables extends ComparisonTables {}
}

type Row = ComparisonTables['comparisons']
export type Compared = Omit<Row, 'result'> & { result: ComparisonResult }
type Bytes = Pick<ModelVersion, 'project' | 'model' | 'digest'>

const comparedOf = (row: Row): Compared => ({ ...row, result: fromJson<ComparisonResult>(row.result) })

/** Keeps the first: a bundle that says it again, or something else, changes nothing. */
export const insertComparison = (tx: Tx, { result, ...row }: Compared) =>
  tx
    .insertInto('comparisons')
    .values({ ...row, result: toJson(result) })
    .onConflict((c) => c.doNothing())
    .execute()

/** The latest comparison of these two versions that a workspace made itself, by their bytes. */
export async function findComparison(
  db: Db,
  { workspace, challenger, champion }: Record<'challenger' | 'champion', Bytes> & { workspace: string },
): Promise<Compared | undefined> {
  const row = await db
    .selectFrom('comparisons')
    .selectAll()
    .where('project', '=', challenger.project)
    .where('model', '=', challenger.model)
    .where('challenger_digest', '=', challenger.digest)
    .where('champion_digest', '=', champion.digest)
    .where('workspace', '=', workspace)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && comparedOf(row)
}

/** How often a workspace has compared two versions by what they answered since a moment, or ever. */
export async function countLooks(
  db: Db,
  {
    workspace,
    challenger,
    champion,
    since,
  }: Record<'challenger' | 'champion', Bytes> & { workspace: string; since: string | undefined },
): Promise<number> {
  const rows = await db
    .selectFrom('comparisons')
    .select('result')
    .where('project', '=', challenger.project)
    .where('model', '=', challenger.model)
    .where('challenger_digest', '=', challenger.digest)
    .where('champion_digest', '=', champion.digest)
    .where('workspace', '=', workspace)
    .$if(since !== undefined, (q) => q.where('compared_at', '>=', since!))
    .execute()
  return rows.filter(({ result }) => fromJson<ComparisonResult>(result).mode !== undefined).length
}

/** What a workspace found of a version: the latest comparison with each champion, newest first. */
export async function comparisonsOf(
  db: Db,
  { workspace, challenger }: { workspace: string; challenger: Bytes },
): Promise<Compared[]> {
  const rows = await db
    .selectFrom('comparisons')
    .selectAll()
    .where('project', '=', challenger.project)
    .where('model', '=', challenger.model)
    .where('challenger_digest', '=', challenger.digest)
    .where('workspace', '=', workspace)
    .where('run_id', 'in', (e) =>
      e
        .selectFrom('comparisons')
        .select((each) => each.fn.max('run_id').as('run_id'))
        .where('project', '=', challenger.project)
        .where('model', '=', challenger.model)
        .where('challenger_digest', '=', challenger.digest)
        .where('workspace', '=', workspace)
        .groupBy('champion_digest'),
    )
    .orderBy('run_id', 'desc')
    .limit(MAX_BUNDLED_COMPARISONS)
    .execute()
  return rows.map(comparedOf)
}

export async function listComparisons(
  db: Db,
  { project, model, digest }: { project: string; model: string; digest: string | undefined },
  page: PageQuery,
): Promise<Page<Compared>> {
  const query = db
    .selectFrom('comparisons')
    .selectAll()
    .where('project', '=', project)
    .where('model', '=', model)
    .$if(digest !== undefined, (q) =>
      q.where((e) => e.or([e('challenger_digest', '=', digest!), e('champion_digest', '=', digest!)])),
    )
  return mapPage(
    await pageOf(query, page, { column: 'run_id', direction: 'desc', valueOf: (row) => row.run_id }),
    comparedOf,
  )
}

/** What a comparison of this workspace rests on: the bytes that its run read and made, and its commit. */
export async function groundsOf(db: Db, runId: string): Promise<{ digests: string[]; commit: string | null }> {
  const read = await db
    .selectFrom('step_inputs')
    .innerJoin('artifact_versions', 'artifact_versions.id', 'step_inputs.artifact_id')
    .select('artifact_versions.digest')
    .where('step_inputs.run_id', '=', runId)
    .execute()
  const made = await db.selectFrom('artifact_versions').select('digest').where('run_id', '=', runId).execute()
  const snapshot = await db
    .selectFrom('runs')
    .innerJoin('snapshots', 'snapshots.id', 'runs.snapshot_id')
    .select('snapshots.git_commit')
    .where('runs.id', '=', runId)
    .executeTakeFirst()
  return { digests: [...read, ...made].map(({ digest }) => digest), commit: snapshot?.git_commit ?? null }
}

/** A comparison as a bundle's manifest tells it, and back: by the source's word it is never more than `asserted`. */
export const bundledOf = ({ run_id, compared_at, grade, result, ...row }: Compared): BundledComparison => ({
  runId: run_id,
  comparedAt: compared_at,
  grade,
  challenger: row.challenger_number,
  champion: { number: row.champion_number, digest: row.champion_digest },
  result,
})

/** `registered`: the definitions that are registered here. */
export const assertedOf = (
  { runId, comparedAt, challenger, champion, result }: BundledComparison,
  of: Bytes & { workspace: string; registered: readonly RegisteredComparison[] },
): Compared => ({
  workspace: of.workspace,
  run_id: runId,
  project: of.project,
  model: of.model,
  challenger_number: challenger,
  challenger_digest: of.digest,
  champion_number: champion.number,
  champion_digest: champion.digest,
  grade: 'asserted',
  result: {
    ...result,
    definition: judgedByClaim(of.registered, { model: of.model, claimed: result.definition, comparedAt }),
  },
  compared_at: comparedAt,
})
