import type { ComparisonResult, Grade, ModelVersion } from '@airlock-ml/contract'
import type { Db, Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'

export type ComparisonTables = {
  comparisons: {
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

export type ComparisonRow = ComparisonTables['comparisons']

export const insertComparison = (
  tx: Tx,
  { result, ...row }: Omit<ComparisonRow, 'result'> & { result: ComparisonResult },
) =>
  tx
    .insertInto('comparisons')
    .values({ ...row, result: toJson(result) })
    .execute()

/** The latest comparison of these two versions, by their bytes. */
export async function findComparison(
  db: Db,
  { challenger, champion }: Record<'challenger' | 'champion', Pick<ModelVersion, 'project' | 'model' | 'digest'>>,
): Promise<(Omit<ComparisonRow, 'result'> & { result: ComparisonResult }) | undefined> {
  const row = await db
    .selectFrom('comparisons')
    .selectAll()
    .where('project', '=', challenger.project)
    .where('model', '=', challenger.model)
    .where('challenger_digest', '=', challenger.digest)
    .where('champion_digest', '=', champion.digest)
    .orderBy('run_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { ...row, result: fromJson<ComparisonResult>(row.result) }
}
