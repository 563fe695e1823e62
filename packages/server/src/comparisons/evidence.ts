import { BundledComparison, type Evidence, type ModelVersion } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { allDefinitions } from './definition-store.ts'
import { assertedOf, type Compared, findComparison } from './store.ts'
import { whyRecalled } from './why-recalled.ts'

type Challenger = Pick<ModelVersion, 'project' | 'model' | 'digest'> & {
  /** What is known of it; of one from a bundle also how its source says that it compared. */
  evidence: Evidence
}

/**
 * What this workspace knows of a version against who holds the stage now: the latest comparison of just these two; that
 * there is no champion, which it sees itself; or nothing, so that a gate which asks for a comparison blocks. Where it
 * compared them itself, no other's word counts; the word of a bundle is `asserted`.
 */
export async function comparisonEvidence(
  db: Db,
  { workspace }: { workspace: string },
  { challenger, holder }: { challenger: Challenger; holder: ModelVersion | undefined },
): Promise<Pick<Evidence, 'comparison'>> {
  if (!holder) return { comparison: { grade: 'recomputed', value: { verdict: 'no champion', champion: null } } }
  const own = await findComparison(db, { workspace, challenger, champion: holder })
  const found = own ?? (await claimedOf(db, challenger, holder))
  if (!found) return {}
  const { grade, result, run_id, compared_at } = found
  const versions = { champion: found.champion_number, challenger: found.challenger_number }
  const about = { ...versions, workspace: found.workspace, run: run_id, compared_at }
  const reason = await whyRecalled(db, found)
  if (reason !== null) return { comparison: { grade: 'recomputed', value: { ...about, verdict: 'recalled', reason } } }
  return { comparison: { grade, value: { ...result, ...about } } }
}

/** What the bundle of a version says of it and just this champion. */
async function claimedOf(db: Db, challenger: Challenger, holder: ModelVersion): Promise<Compared | undefined> {
  const { workspace, comparisons } = challenger.evidence.source?.value ?? {}
  const claims = BundledComparison.array().safeParse(comparisons)
  const claimed = claims.data?.find(({ champion }) => champion.digest === holder.digest)
  if (!claimed) return undefined
  const registered = await allDefinitions(db, challenger.project)
  return assertedOf(claimed, { ...challenger, workspace: String(workspace), registered })
}
