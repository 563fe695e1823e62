import type { Evidence, ModelVersion } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findComparison } from './store.ts'

/**
 * What this workspace knows of a version against who holds the stage now: the latest comparison of just these two; that
 * there is no champion, which it sees itself; or nothing, so that a gate which asks for a comparison blocks.
 */
export async function comparisonEvidence(
  db: Db,
  challenger: Pick<ModelVersion, 'project' | 'model' | 'digest'>,
  holder: ModelVersion | undefined,
): Promise<Pick<Evidence, 'comparison'>> {
  if (!holder) return { comparison: { grade: 'recomputed', value: { verdict: 'no champion', champion: null } } }
  const found = await findComparison(db, { challenger, champion: holder })
  if (!found) return {}
  const { grade, result, run_id, compared_at } = found
  const versions = { champion: found.champion_number, challenger: found.challenger_number }
  return { comparison: { grade, value: { ...result, ...versions, run: run_id, compared_at } } }
}
