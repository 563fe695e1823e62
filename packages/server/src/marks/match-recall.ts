import type { Recall } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Candidate } from './candidate.ts'
import { standingRecalls } from './store.ts'

/** Whether a recall reaches a candidate: by its commit, by anything its training read or made, or by the version itself. */
export function reaches(recall: Recall, candidate: Candidate): boolean {
  if (recall.kind === 'commit') return candidate.commits.includes(recall.commit!)
  if (recall.kind === 'artifact') return [candidate.digest, ...candidate.lineage].includes(recall.digest!)
  if (candidate.model !== recall.model) return false
  const { workspace, number } = candidate.source
  const isSameVersion = workspace === recall.source?.workspace && number === recall.source.number
  return isSameVersion || candidate.digest === recall.digest
}

/** The first standing recall that reaches a candidate. */
export const matchRecall = async (db: Db, candidate: Candidate): Promise<Recall | undefined> =>
  (await standingRecalls(db, candidate.project)).find((recall) => reaches(recall, candidate))

/** What was recalled, in words. */
export const recalledText = ({ kind, model, number, source, digest, commit }: Recall): string =>
  kind === 'commit'
    ? `commit ${commit}`
    : kind === 'artifact'
      ? `artifact ${digest}`
      : `${model} version ${number ?? `${source?.number} of ${source?.workspace}`}`
