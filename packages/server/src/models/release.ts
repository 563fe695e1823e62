import { type ModelVersion, PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { marksOfVersion, releaseMarks } from '../marks/store.ts'
import { existingVersion } from './existing.ts'
import type { Decision } from './reject.ts'

/**
 * Lifts what bars a version by name: a rejection, by another person than who rejected, and the mark of a rollback. A
 * recall is lifted by `recalls/lift.ts`. Released again, it stays as it is.
 * @throws PlatformError `model_version_not_found`, `version_not_marked`, `release_by_rejecter`, `version_recalled`
 */
export async function releaseVersion(deps: Deps, decision: Decision, by: RequestContext): Promise<ModelVersion> {
  const released = await transact(deps.db, async (tx) => {
    const version = await existingVersion(tx, decision, { number: decision.number })
    await lift(tx, deps, { version, reason: decision.reason }, by)
    return existingVersion(tx, decision, { number: decision.number })
  })
  await crashPoint('version:released')
  return released
}

async function lift(
  tx: Tx,
  deps: Deps,
  { version, reason }: { version: ModelVersion; reason: string },
  by: RequestContext,
): Promise<void> {
  const { project, model, number, digest } = version
  const all = await marksOfVersion(tx, version)
  const open = all.filter((row) => row.released_at === null && row.mark !== 'recalled')
  if (open.length === 0) {
    const recalled = version.marks.find(({ mark }) => mark === 'recalled')
    if (recalled)
      throw new PlatformError(
        'version_recalled',
        `${model} ${number} was recalled at ${recalled.at}: ${recalled.reason}`,
      )
    if (all.length > 0) return
    throw new PlatformError('version_not_marked', `${model} ${number} is neither rejected nor rolled back.`)
  }
  const own = open.find((row) => row.mark === 'rejected' && row.by_person === by.actor.person)
  if (own)
    throw new PlatformError(
      'release_by_rejecter',
      `${own.by_name} rejected ${model} ${number}, and ${by.actor.name} answers to the same person, ${own.by_person}.`,
    )
  await releaseMarks(
    tx,
    open.map(({ id }) => id),
    { at: deps.now().toISOString(), by: by.actor.name },
  )
  await record(tx, deps, {
    type: 'model-version.released',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'model-version', id: `${model}/${number}`, digest },
    before: { marks: open.map((row) => ({ mark: row.mark, by: row.by_name, at: row.at, reason: row.reason })) },
    after: { marks: version.marks.filter(({ mark }) => mark === 'recalled').map(({ mark }) => mark) },
    reason,
  })
}
