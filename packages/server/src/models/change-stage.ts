import type { HeldStage, ModelVersion, StageChange } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { insertChange } from './change-store.ts'
import { findVersion, setStage } from './version-store.ts'

/** A change of a stage's holder that its policy has let in. */
export type AdmittedChange = {
  version: ModelVersion
  stage: HeldStage
  act: StageChange['act']
  reason: string | null
  promotionId: string | null
  policyVersion: number
  /** Whose wish it was, where a worker acts for a person. Default: who acts. */
  onBehalfOf?: string
}

/**
 * Makes a version the one holder of a stage: the one before is archived, history and audit are written, all in the
 * caller's transaction. Whether it may is the policy's answer, given before (`policies/admit.ts`).
 */
export async function changeStage(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  change: AdmittedChange,
  by: Pick<RequestContext, 'actor'> & { requestId: string | null },
): Promise<StageChange> {
  const { version, stage } = change
  const previous = await findVersion(tx, version, { stage })
  if (previous) await setStage(tx, previous.id, 'archived')
  await setStage(tx, version.id, stage)
  const made: StageChange = {
    id: deps.newId(),
    model: version.model,
    stage,
    act: change.act,
    number: version.number,
    sourceNumber: version.source.number,
    digest: version.digest,
    previousNumber: previous?.number ?? null,
    at: deps.now().toISOString(),
    by: change.onBehalfOf ?? by.actor.name,
    reason: change.reason,
    promotionId: change.promotionId,
    policyVersion: change.policyVersion,
  }
  const sequence = await record(tx, deps, {
    type: `stage.${{ promote: 'promoted', import: 'imported', rollback: 'rolled-back' }[change.act]}`,
    actor: by.actor,
    requestId: by.requestId,
    project: version.project,
    subject: { kind: 'model-version', id: `${version.model}/${version.number}`, digest: version.digest },
    before: { stage, holder: previous?.number ?? null },
    after: { stage, holder: version.number, policyVersion: change.policyVersion, promotionId: change.promotionId },
    reason: change.reason,
  })
  await insertChange(tx, version.project, { ...made, sequence })
  return made
}
