import {
  type Challenger,
  type Deployment,
  type DeploymentSettings,
  type DeploymentSettingsChange,
  type Json,
  PlatformError,
  type Rollout,
  type SetChallenger,
  type SetRollout,
} from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { demandRegistered } from '../comparisons/demand-registered.ts'
import type { Tx } from '../db/db.ts'
import { fromJson, toJson } from '../db/json.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findVersion } from '../models/version-store.ts'
import { admitChallenger } from './challenger.ts'
import { type DeploymentPath, existingDeployment, servingSnapshot, shown } from './existing.ts'
import { demandWholeRollout, rolloutNow } from './rollout.ts'
import { type DeploymentWish, findDeploymentById, updateDeployment as write } from './store.ts'

type Wanted = DeploymentPath & {
  settings?: DeploymentSettingsChange | undefined
  snapshotId?: string | undefined
  rollout?: Rollout | null | undefined
  challenger?: Challenger | null | undefined
  reason: string | null
}

/**
 * Changes what a deployment wants of its service, which hears of it at once. What is left out stays; what is the same
 * as before is no change and no event.
 * @throws PlatformError `deployment_not_found`, those of `servingSnapshot`, `demandRegistered` and `admitChallenger`
 */
export async function updateDeployment(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext): Promise<Deployment> {
  const before = await existingDeployment(tx, wanted)
  const set = await withSettings(tx, deps, { before, wanted }, by)
  const after = await withChallenger(tx, deps, { before: set, wanted }, by)
  const now = deps.now()
  if (after !== before) await write(tx, { ...after, updatedAt: now.toISOString() })
  return shown((await findDeploymentById(tx, before.id))!, now)
}

type Step = { before: DeploymentWish; wanted: Wanted }

async function withSettings(tx: Tx, deps: Deps, { before, wanted }: Step, by: RequestContext): Promise<DeploymentWish> {
  const rolled = wanted.rollout === undefined ? before : await withRollout(tx, deps, before, wanted.rollout)
  const after = {
    ...rolled,
    settings: mergedSettings(before.settings, wanted.settings ?? {}),
    snapshotId: wanted.snapshotId ?? before.snapshotId,
  }
  if (toJson(after) === toJson(before)) return before
  if (after.snapshotId !== before.snapshotId) await demandSamePipeline(tx, before, after.snapshotId)
  await record(tx, deps, {
    type: 'deployment.updated',
    actor: by.actor,
    requestId: by.requestId,
    project: before.project,
    subject: { kind: 'deployment', id: before.id },
    before: partOf(before),
    after: partOf(after),
    reason: wanted.reason,
  })
  return after
}

const partOf = ({ settings, snapshotId, rollout }: DeploymentWish): Json =>
  fromJson(toJson({ settings, snapshotId, rollout }))

/**
 * A holder that already answers alone is left so; one that is rolled out, or held back, begins again. The same rollout
 * again is no change, unless it holds something back.
 */
async function withRollout(
  tx: Tx,
  deps: Deps,
  before: DeploymentWish,
  wanted: Rollout | null,
): Promise<DeploymentWish> {
  if (wanted === null) return { ...before, rollout: null }
  demandWholeRollout(wanted)
  await demandJudge(tx, before, wanted)
  const now = deps.now()
  const holder = await findVersion(tx, before, { stage: before.stage })
  const under = holder && (await rolloutNow(tx, before, { holder, now }))
  if (before.rollout && !under?.heldBack && toJson(wishedOf(before.rollout)) === toJson(wanted)) return before
  const again = under ? { number: holder.number, rest: under.previous.number } : null
  return { ...before, rollout: { ...wanted, since: now.toISOString(), again, heldBack: null } }
}

const wishedOf = ({ share, steps, comparison, guards }: SetRollout): Rollout => ({ share, steps, comparison, guards })

/** Settings with what is to be changed of them. */
export const mergedSettings = (before: DeploymentSettings, change: DeploymentSettingsChange): DeploymentSettings => {
  const given = <T extends object>(part: T) =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
  return {
    ...before,
    ...given(change),
    limits: { ...before.limits, ...given(change.limits ?? {}) },
    log: { ...before.log, ...given(change.log ?? {}) },
    monitoring: { ...before.monitoring, ...given(change.monitoring ?? {}) },
  }
}

/** Its predictions and its name stand for one pipeline and one model. */
async function demandSamePipeline(tx: Tx, { project, name, ...before }: DeploymentWish, snapshotId: string) {
  const { pipeline, model } = await servingSnapshot(tx, project, snapshotId)
  if (pipeline === before.pipeline && model === before.model) return
  throw new PlatformError(
    'deployment_snapshot_unfit',
    `The snapshot is of ${pipeline} for ${model}, and ${name} is of ${before.pipeline} for ${before.model}.`,
  )
}

async function withChallenger(
  tx: Tx,
  deps: Deps,
  { before, wanted: { challenger, reason } }: Step,
  by: RequestContext,
): Promise<DeploymentWish> {
  if (challenger === undefined || isAsBefore(challenger, before.challenger)) return before
  if (challenger) await demandJudge(tx, before, challenger)
  const admission = challenger && (await admitChallenger(tx, deps, { wish: before, challenger }, by))
  await record(tx, deps, {
    type: 'deployment.challenger-set',
    actor: by.actor,
    requestId: by.requestId,
    project: before.project,
    subject: { kind: 'deployment', id: before.id },
    before: { challenger: before.challenger },
    after: fromJson<Json>(toJson({ challenger, admission })),
    reason,
  })
  return { ...before, challenger: challenger && { ...challenger, since: deps.now().toISOString() } }
}

/** @throws PlatformError `comparison_not_registered`, `comparison_refused` */
async function demandJudge(
  tx: Tx,
  { project, model }: DeploymentWish,
  { comparison: name }: Pick<Challenger, 'comparison'>,
): Promise<void> {
  if (name !== null) await demandRegistered(tx, { project, model, name })
}

function isAsBefore(challenger: Challenger | null, before: SetChallenger | null): boolean {
  if (!challenger || !before) return challenger === before
  const { since: _, ...known } = before
  return toJson(challenger) === toJson(known)
}
