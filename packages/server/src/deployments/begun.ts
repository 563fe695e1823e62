import type { AuditEvent, Challenger } from '@airlock-ml/contract'
import { eventsOfSubject } from '../audit/store.ts'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

/** Since when a version has answered beside the champion, or did last, and which comparison was named to judge it. */
export type Begun = { at: string; comparison: string | null }

/**
 * When a version was last set to answer beside the champion, by the audit log; null for one that never was. Another mode
 * or share, other steps or guards begin nothing anew; another comparison, and setting it again after it had ended, do.
 */
export async function challengerBegun(
  db: Db,
  { deploymentId, number }: { deploymentId: string; number: number },
): Promise<Begun | null> {
  const events = await eventsOfSubject(db, 'deployment.challenger-set', deploymentId)
  let now: (Begun & Pick<Challenger, 'number'>) | null = null
  let last: Begun | null = null
  for (const { entry } of events) {
    const { at, after } = fromJson<AuditEvent>(entry)
    const { challenger } = after as { challenger: Challenger | null }
    if (!challenger) {
      now = null
      continue
    }
    const { comparison } = challenger
    const goesOn = now?.number === challenger.number && now.comparison === comparison
    if (!goesOn) now = { at, comparison, number: challenger.number }
    if (challenger.number === number) last = now
  }
  return last && { at: last.at, comparison: last.comparison }
}
