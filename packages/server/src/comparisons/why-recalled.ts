import type { Db } from '../db/db.ts'
import { recalledText } from '../marks/match-recall.ts'
import { marksOn, standingRecalls } from '../marks/store.ts'
import { type Compared, groundsOf } from './store.ts'

/**
 * Why a comparison is no evidence any more, in a sentence; null for one that stands. It descends from both versions, from
 * what its run read and made, and from the commit of that run. Lifting the recall makes it stand again.
 */
export async function whyRecalled(db: Db, compared: Compared): Promise<string | null> {
  const { project, model, workspace } = compared
  for (const side of ['champion', 'challenger'] as const) {
    const number = compared[`${side}_number`]
    const version = { project, model, number: null, digest: compared[`${side}_digest`], source: { workspace, number } }
    const marks = await marksOn(db, { ...version, commits: [], lineage: [] })
    const recalled = marks.find(({ mark }) => mark === 'recalled')
    if (recalled) return `the ${side} ${model} ${number} is recalled: ${recalled.reason}`
  }
  const recalls = await standingRecalls(db, project)
  if (recalls.length === 0) return null
  const { digests, commit } = await groundsOf(db, compared.run_id)
  const all = [...digests, compared.champion_digest, compared.challenger_digest]
  const recall = recalls.find(
    ({ kind, digest, commit: recalled }) =>
      (kind === 'artifact' && all.includes(digest!)) || (kind === 'commit' && commit === recalled),
  )
  return recall ? `it descends from ${recalledText(recall)}, which is recalled: ${recall.reason}` : null
}
