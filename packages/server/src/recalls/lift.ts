import { PlatformError, type Recall, type RecallResult } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findRecall, markedBy, releaseMarks, setLifted, standingRecalls } from '../marks/store.ts'
import { findVersion } from '../models/version-store.ts'
import { markReached } from './mark-reached.ts'
import { postNotice } from './publish.ts'
import { reachOf } from './reach.ts'
import { showRecall } from './recall.ts'

/**
 * Lifts a recall: what it alone barred is barred no longer, in this workspace and, where the recall was its own, in those
 * that heard of it. One that another workspace issued is lifted here alone. Lifted again, it stays as it is.
 * @throws PlatformError `recall_not_found`, `lift_by_recaller`
 */
export async function liftRecall(
  deps: Deps,
  { project, recallId, reason }: { project: string; recallId: string; reason: string },
  by: RequestContext,
): Promise<RecallResult> {
  await transact(deps.db, async (tx) => {
    const found = await findRecall(tx, project, { id: recallId })
    if (!found) throw new PlatformError('recall_not_found', `The project ${project} has no recall ${recallId}.`)
    const { recall, person } = found
    if (recall.lifted) return
    if (person === by.actor.person)
      throw new PlatformError(
        'lift_by_recaller',
        `${recall.by} issued the recall, and ${by.actor.name} answers to the same person, ${person}.`,
      )
    const lifted = { at: deps.now().toISOString(), by: by.actor.name, reason }
    const after = await lift(tx, deps, { recall, lifted }, by)
    if (person !== null) await postNotice(tx, deps, { recallId, act: 'lifted' })
    await record(tx, deps, {
      type: 'recall.lifted',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'recall', id: recallId, ...(recall.digest && { digest: recall.digest }) },
      before: { by: recall.by, at: recall.at, reason: recall.reason, origin: recall.origin.workspace },
      after,
      reason,
    })
  })
  await crashPoint('recall:lifted')
  return showRecall(deps, project, recallId)
}

/**
 * Takes a recall's marks away, and gives those versions that another standing recall reaches its mark. Returns which
 * versions are free of recalls now and which are not.
 */
export async function lift(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId' | 'workspace'>,
  { recall, lifted }: { recall: Recall; lifted: NonNullable<Recall['lifted']> },
  by: Pick<RequestContext, 'actor'> & { requestId: string | null },
): Promise<{ released: string[]; stillRecalled: string[] }> {
  await setLifted(tx, recall.id, lifted)
  const marked = await markedBy(tx, recall.id)
  if (marked.length === 0) return { released: [], stillRecalled: [] }
  const ids = marked.map(({ id }) => id)
  for (let from = 0; from < ids.length; from += 500) await releaseMarks(tx, ids.slice(from, from + 500), lifted)
  const places = new Set(marked.map(nameOf))
  for (const other of await standingRecalls(tx, recall.project)) {
    const versions = (await reachOf(tx, deps, other)).all.filter((version) => places.has(nameOf(version)))
    await markReached(tx, deps, { recall: other, versions }, by)
  }
  const released: string[] = []
  const stillRecalled: string[] = []
  for (const at of marked) {
    const version = await findVersion(tx, at, { number: at.number })
    const isBarred = version?.marks.some(({ mark }) => mark === 'recalled')
    ;(isBarred ? stillRecalled : released).push(nameOf(at))
  }
  return { released, stillRecalled }
}

const nameOf = ({ model, number }: { model: string; number: number }): string => `${model}/${number}`
