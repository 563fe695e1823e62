import {
  type Challenger,
  type GateVerdict,
  type Guards,
  type ModelVersion,
  PlatformError,
  type SetChallenger,
  shareAt,
  stageEntries,
} from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { candidateOf } from '../marks/candidate.ts'
import { demandUnmarked } from '../marks/demand-unmarked.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { existingVersion } from '../models/existing.ts'
import { withStagedAt } from '../models/staged-at.ts'
import { findVersion } from '../models/version-store.ts'
import { admit, demandPassed } from '../policies/admit.ts'
import { isSame } from './line-up.ts'
import { demandRising } from './rollout.ts'
import type { DeploymentWish } from './store.ts'

/** What let a challenger in. A shadow is asked for nothing: nobody hears its answers. */
export type ChallengerAdmission = { policyVersion: number; gates: GateVerdict[] } | null

/**
 * Whether a version may answer beside the one that holds the stage. What was rejected, rolled back or recalled may not,
 * not even unheard. A canary answers people as a holder does, so that it takes what entering the stage takes: the
 * policy's gates, calendar and requesters, and its approvals, which nobody can give to a part of the traffic. Only bytes
 * that held the stage before come back as in a rollback. A smaller share of what was let in is not asked for again:
 * nothing may stand in the way of retreat.
 * @throws PlatformError `request_invalid` for steps that do not rise, `model_version_not_found`, `challenger_is_champion`, `stage_not_allowed`, `policy_missing`,
 * `gates_failed`, `requester_not_allowed`, `approvals_required`, those of `demandUnmarked`
 */
export async function admitChallenger(
  tx: Tx,
  deps: Deps,
  { wish, challenger }: { wish: DeploymentWish; challenger: Challenger },
  by: RequestContext,
): Promise<ChallengerAdmission> {
  demandSteps(challenger)
  const version = await existingVersion(tx, wish, { number: challenger.number })
  const holder = await findVersion(tx, wish, { stage: wish.stage })
  if (holder && isSame(version, holder))
    throw new PlatformError(
      'challenger_is_champion',
      `${version.model} ${version.number} is what holds ${wish.stage}${version.number === holder.number ? '' : `, as version ${holder.number}`}.`,
    )
  if (challenger.mode === 'shadow' || isRetreat(wish.challenger, challenger, deps.now())) {
    await demandUnmarked(tx, candidateOf(version))
    return null
  }
  return admitCanary(tx, deps, { wish, version }, by)
}

/** Whether some guard breaks later than before. */
const isLooser = (after: Guards, before: Guards): boolean =>
  after.windowSeconds > before.windowSeconds ||
  after.minRows > before.minRows ||
  (before.drift && !after.drift) ||
  (before.worse && !after.worse) ||
  (['errorRate', 'p99Ratio', 'disagreement', 'maxMinutes'] as const).some(
    (name) => (after[name] ?? Number.POSITIVE_INFINITY) > (before[name] ?? Number.POSITIVE_INFINITY),
  )

/** Whether it answers at no moment, now or by later steps, more than what was let in before. */
function isRetreat(before: SetChallenger | null, challenger: Challenger, now: Date): boolean {
  if (before?.mode !== 'canary' || before.number !== challenger.number) return false
  if (isLooser(challenger.guards, before.guards)) return false
  const after = { ...challenger, since: now.toISOString() }
  for (let at: Date | null = now; at; at = shareAt(after, at).nextAt)
    if (shareAt(after, at).share > shareAt(before, at).share) return false
  return true
}

/** @throws PlatformError `request_invalid` */
function demandSteps({ mode, share, steps }: Challenger): void {
  if (mode === 'shadow' && steps.length > 0)
    throw new PlatformError('request_invalid', 'A shadow has no steps: it is asked about everything.')
  demandRising(share, steps)
}

async function admitCanary(
  tx: Tx,
  deps: Deps,
  { wish, version }: { wish: DeploymentWish; version: ModelVersion },
  by: RequestContext,
): Promise<ChallengerAdmission> {
  const { project, model, stage } = wish
  const held = await changesOldestFirst(tx, version, stage)
  const isBack = held.some(({ digest }) => digest === version.digest)
  const who = `${model} ${version.number}`
  const { policy, gates, passed } = await admit(tx, deps, {
    project,
    model,
    stage,
    evidence: isBack ? version.evidence : await withStagedAt(tx, version),
    candidate: candidateOf(version),
    act: isBack ? 'return' : 'enter',
    requester: by.claims,
  })
  demandPassed({ policy, gates, passed }, who)
  if (!isBack) {
    const entries: readonly string[] = stageEntries[stage]
    if (!entries.includes(version.stage))
      throw new PlatformError(
        'stage_not_allowed',
        `${who} is ${version.stage}; ${stage} is entered from ${entries.join(' or ')}.`,
        { from: version.stage, entries: [...entries] },
      )
    if (policy.spec.approvals.required > 0)
      throw new PlatformError(
        'approvals_required',
        `The policy ${policy.name} asks for ${policy.spec.approvals.required} approval(s) for ${stage}, and ${who} never held it. Let it answer as a shadow, or promote it under a rollout (\`airlock deployment update NAME --rollout PERCENT\`).`,
      )
  }
  return { policyVersion: policy.version, gates }
}
