import { type ErrorCode, PlatformError, type VersionMark } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Candidate } from './candidate.ts'
import { matchRecall, recalledText } from './match-recall.ts'
import { marksOn } from './store.ts'

const codes = {
  rejected: 'version_rejected',
  'rolled-back': 'version_rolled_back',
  recalled: 'version_recalled',
} as const satisfies Record<VersionMark['mark'], ErrorCode>

/** The gravest first: a version that was recalled is not helped by its release. */
const gravity: readonly VersionMark['mark'][] = ['recalled', 'rejected', 'rolled-back']

/**
 * What carries a mark here, or is reached by a standing recall, goes nowhere: into no stage, into no bundle, and back to
 * no stage. The bytes are marked, not the number alone: the same model registered again is refused as well.
 * @throws PlatformError `version_recalled`, `version_rejected`, `version_rolled_back`
 */
export async function demandUnmarked(db: Db, candidate: Candidate): Promise<void> {
  const recall = await matchRecall(db, candidate)
  if (recall)
    throw new PlatformError(
      'version_recalled',
      `${nameOf(candidate)} descends from ${recalledText(recall)}, which ${recall.by} of ${recall.origin.workspace} recalled at ${recall.at}: ${recall.reason}`,
      { recallId: recall.id },
    )
  const marks = await marksOn(db, candidate)
  const [mark] = marks.sort((a, b) => gravity.indexOf(a.mark) - gravity.indexOf(b.mark))
  if (!mark) return
  const same = mark.number === candidate.number ? '' : ` as version ${mark.number} here`
  throw new PlatformError(
    codes[mark.mark],
    `${nameOf(candidate)} was ${mark.mark.replace('-', ' ')}${same} by ${mark.by} at ${mark.at}: ${mark.reason}`,
    { number: mark.number },
  )
}

const nameOf = ({ model, number, source }: Candidate): string =>
  number === null ? `${model} version ${source.number} of ${source.workspace}` : `${model} ${number}`
