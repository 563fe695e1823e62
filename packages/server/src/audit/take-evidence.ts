import { canonicalText, EVIDENCE_EVENT } from '@airlock-ml/bundle'
import type { AuditEvent, Finding } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { record } from './record.ts'
import { eventsAbout, eventsSince, findEvent } from './store.ts'

type Taken = { subjects: string[]; sequences: number[] }

/**
 * Writes into the log which of its events are about the subjects: those of the project, and those of the workspace as a
 * whole, as of keys. Whoever hands evidence on cannot leave one of them out unseen, and a workspace that leaves one out
 * here contradicts its own log for good. Where nothing came since, the last such event is the answer.
 */
export const takeEvidence = (
  deps: Deps,
  { project, subjects }: { project: string; subjects: readonly string[] },
  by: RequestContext,
): Promise<AuditEvent> =>
  transact(deps.db, async (tx) => {
    const wanted = [...new Set(subjects)]
    const events = await eventsAbout(tx, wanted)
    const taken: Taken = { subjects: wanted, sequences: sequencesIn(events, project) }
    const last = events.findLast(
      (event) => isTaken(event) && event.project === project && event.subject.id === wanted[0],
    )
    if (last && canonicalText(last.after) === canonicalText(taken)) return last
    const sequence = await record(tx, deps, {
      type: EVIDENCE_EVENT,
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'evidence', id: wanted[0]! },
      after: taken,
    })
    return (await findEvent(tx, sequence))!
  })

/** Names what evidence left out, or made up, by the log itself. */
export async function checkEvidence(db: Db): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { sequence, project, after } of await eventsSince(db, [EVIDENCE_EVENT], 0)) {
    const { subjects, sequences } = after as Taken
    const before = (await eventsAbout(db, subjects)).filter((event) => event.sequence < sequence)
    const found = sequencesIn(before, project)
    const wrong = [...found.filter(notIn(sequences)), ...sequences.filter(notIn(found))].sort((a, b) => a - b)
    if (wrong.length > 0)
      findings.push({
        kind: 'log_inconsistent',
        subject: String(sequence),
        detail: `The events about ${subjects[0]} are others than it says: ${wrong.slice(0, 20).join(', ')}.`,
      })
  }
  return findings
}

const notIn = (others: readonly number[]) => {
  const known = new Set(others)
  return (sequence: number) => !known.has(sequence)
}

const isTaken = ({ type }: AuditEvent): boolean => type === EVIDENCE_EVENT

const sequencesIn = (events: readonly AuditEvent[], project: string | null): number[] =>
  events
    .filter((event) => !isTaken(event) && (event.project === null || event.project === project))
    .map(({ sequence }) => sequence)
