import {
  type GateVerdict,
  type HeldStage,
  type ModelVersion,
  PlatformError,
  type StageChange,
  stageEntries,
} from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { candidateOf } from '../marks/candidate.ts'
import { changeStage } from '../models/change-stage.ts'
import { existingVersion } from '../models/existing.ts'
import { withStagedAt } from '../models/staged-at.ts'
import { findVersion } from '../models/version-store.ts'
import { admit, demandPassed } from '../policies/admit.ts'

/** Which version should enter which stage of this workspace. */
export type Wanted = {
  project: string
  model: string
  stage: HeldStage
  number?: number | undefined
  reason: string | null
}

type Promoted = { version: ModelVersion; change: StageChange; gates: GateVerdict[] }

/**
 * Gives a stage to a version of this workspace, by default the newest, in one transaction: its policy is asked, the
 * holder before is archived, history and audit are written. Bundles of another workspace come in by `request.ts`.
 * @throws PlatformError `model_version_not_found`, `already_in_stage`, `stage_not_allowed`, `policy_missing`,
 * `gates_failed`, `requester_not_allowed`, `approvals_required`, and those of `demandUnmarked`
 */
export async function promote(deps: Deps, wanted: Wanted, by: RequestContext): Promise<Promoted> {
  const promoted = await transact(deps.db, async (tx) => {
    const { stage, number, reason } = wanted
    const version = await existingVersion(tx, wanted, number === undefined ? 'newest' : { number })
    demandEntry(version, stage)
    const admission = await admit(tx, deps, {
      ...wanted,
      evidence: await withStagedAt(tx, version),
      candidate: candidateOf(version),
      act: 'enter',
      requester: by.claims,
    })
    demandPassed(admission, `${version.model} ${version.number}`)
    const { policy, gates } = admission
    if (policy.spec.approvals.required > 0)
      throw new PlatformError(
        'approvals_required',
        `The policy ${policy.name} asks for ${policy.spec.approvals.required} approval(s) for ${stage}.`,
      )
    const change = await changeStage(
      tx,
      deps,
      { version, stage, act: 'promote', reason, promotionId: null, policyVersion: policy.version },
      by,
    )
    return { version: await reread(tx, version), change, gates }
  })
  await crashPoint('promote:committed')
  return promoted
}

function demandEntry({ model, number, stage: from }: ModelVersion, stage: HeldStage): void {
  if (from === stage) throw new PlatformError('already_in_stage', `${model} ${number} holds ${stage} already.`)
  const entries: readonly string[] = stageEntries[stage]
  if (entries.includes(from)) return
  throw new PlatformError(
    'stage_not_allowed',
    `${model} ${number} is ${from}; ${stage} is entered from ${entries.join(' or ')}.`,
    {
      from,
      entries: [...entries],
    },
  )
}

export const reread = async (tx: Tx, { project, model, number }: ModelVersion): Promise<ModelVersion> =>
  (await findVersion(tx, { project, model }, { number }))!
