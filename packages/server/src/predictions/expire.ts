import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { removeMarked } from '../retention/collect.ts'
import { markDeleted } from '../retention/store.ts'
import { deleteOldLabels } from './label-store.ts'
import { lastIdOf } from './part-file.ts'
import { loggingDeployments, onlyInParts, partsBefore, removeParts } from './store.ts'

const DAY_MS = 86_400_000
const ACTOR = systemActor('prediction-retention')

/**
 * Removes the parts of prediction logs that have reached the age which their deployment sets, with the keys of their
 * subjects and the labels of their predictions. A part is as old as its last prediction. What was removed is an event;
 * the rows of the index stay, so that it is told, and not only missing.
 */
export async function expireParts(deps: Deps): Promise<void> {
  let removed = 0
  for (const deployment of await loggingDeployments(deps.db))
    if (deployment.retentionDays !== null)
      while (await expireSome(deps, { ...deployment, retentionDays: deployment.retentionDays })) removed++
  if (removed > 0) await removeMarked(deps)
}

type Aged = { id: string; name: string; project: string; retentionDays: number }

/** Whether there were some. */
async function expireSome(deps: Deps, { id, name, project, retentionDays }: Aged): Promise<boolean> {
  const beforeMs = deps.now().getTime() - retentionDays * DAY_MS
  const before = new Date(beforeMs).toISOString()
  if ((await partsBefore(deps.db, id, before)).length === 0) return false
  return transact(deps.db, async (tx) => {
    const parts = await partsBefore(tx, id, before)
    if (parts.length === 0) return false
    const at = deps.now().toISOString()
    await removeParts(
      tx,
      parts.map((part) => part.id),
      at,
    )
    const labels = await deleteOldLabels(tx, id, lastIdOf(beforeMs))
    const digests = await onlyInParts(tx, project, [...new Set(parts.map(({ digest }) => digest))])
    await markDeleted(tx, { project, digests }, { at, by: ACTOR.name })
    const sum = (of: 'rows' | 'sizeBytes') => parts.reduce((total, part) => total + part[of], 0)
    await record(tx, deps, {
      type: 'prediction.parts-removed',
      actor: ACTOR,
      requestId: null,
      project,
      subject: { kind: 'deployment', id },
      after: {
        ...{ deployment: name, retentionDays, parts: parts.length, rows: sum('rows'), sizeBytes: sum('sizeBytes') },
        ...{ labels, from: parts[0]!.firstAt, to: parts.at(-1)!.lastAt },
      },
    })
    return true
  })
}
