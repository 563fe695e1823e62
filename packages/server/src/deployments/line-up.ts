import { type DeploymentTarget, type ModelVersion, type ServedVersion, shareAt } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { candidateOf } from '../marks/candidate.ts'
import { matchRecall, recalledText } from '../marks/match-recall.ts'
import { findVersion } from '../models/version-store.ts'
import { rolloutNow } from './rollout.ts'
import type { DeploymentWish } from './store.ts'
import { whyBarred } from './why-barred.ts'

/** Who answers, and when that changes by itself; null when it does not. */
export type LineUp = Pick<
  DeploymentTarget,
  'champion' | 'whyNobody' | 'isRecalled' | 'challenger' | 'whyNoChallenger'
> & {
  stepAt: Date | null
}

/** What a service fetches of a version: never the data it was trained on. */
const SERVED_ROLES = ['model', 'profile']

/**
 * Who answers for a deployment now. The holder of the stage, unless it was recalled: then nobody. While it is rolled out,
 * the holder before it as well. Else the challenger that was set, unless it was barred since or holds the stage itself.
 */
export async function lineUpOf(db: Db, wish: DeploymentWish, now: Date): Promise<LineUp> {
  const holder = await findVersion(db, wish, { stage: wish.stage })
  const whyNobody = await whyNot(db, wish, holder)
  if (!holder || whyNobody !== null) {
    const nobody = { champion: null, whyNobody, isRecalled: holder !== undefined }
    return { ...nobody, challenger: null, whyNoChallenger: wish.challenger && whyNobody, stepAt: null }
  }
  const somebody = { whyNobody, isRecalled: false }
  const rollout = await rolloutNow(db, wish, { holder, now })
  if (!rollout) return { champion: servedOf(holder), ...somebody, ...(await challengerOf(db, wish, { holder, now })) }
  const { previous, stepAt, heldBack } = rollout
  const beside = { champion: servedOf(previous), ...somebody, stepAt }
  if (heldBack !== null) return { ...beside, challenger: null, whyNoChallenger: heldBack }
  const { share, comparison, guards, since } = rollout
  const challenger = { version: servedOf(holder), mode: 'canary' as const, share, comparison, guards, since }
  return { ...beside, challenger, whyNoChallenger: null }
}

/** Why nobody answers: law 4, so that a recalled model is no longer asked, unless its owners said that it goes on. */
async function whyNot(db: Db, wish: DeploymentWish, holder: ModelVersion | undefined): Promise<string | null> {
  const { model, stage, settings } = wish
  if (!holder) return `No version of ${model} holds ${stage}.`
  if (settings.onRecall === 'go-on') return null
  const who = `${model} ${holder.number}, which holds ${stage},`
  const mark = holder.marks.find((each) => each.mark === 'recalled')
  if (mark) return `${who} was recalled by ${mark.by} at ${mark.at}: ${mark.reason}`
  const recall = await matchRecall(db, candidateOf(holder))
  return recall
    ? `${who} descends from ${recalledText(recall)}, which ${recall.by} recalled at ${recall.at}: ${recall.reason}`
    : null
}

async function challengerOf(
  db: Db,
  wish: DeploymentWish,
  { holder, now }: { holder: ModelVersion; now: Date },
): Promise<Pick<LineUp, 'challenger' | 'whyNoChallenger' | 'stepAt'>> {
  const nobody = { challenger: null, stepAt: null }
  if (!wish.challenger) return { ...nobody, whyNoChallenger: null }
  const { number, mode, comparison, guards, since } = wish.challenger
  const version = await findVersion(db, wish, { number })
  if (!version) return { ...nobody, whyNoChallenger: `${wish.model} has no version ${number}.` }
  if (isSame(version, holder)) return { ...nobody, whyNoChallenger: `${wish.model} ${number} holds the stage itself.` }
  const whyNoChallenger = await whyBarred(db, version)
  if (whyNoChallenger !== null) return { ...nobody, whyNoChallenger }
  const { share, nextAt } = shareAt(wish.challenger, now)
  const challenger = { version: servedOf(version), mode, share, comparison, guards, since }
  return { challenger, whyNoChallenger, stepAt: nextAt }
}

/** Whether two versions answer alike: they are one, or of the same bytes. */
export const isSame = (a: ModelVersion, b: ModelVersion): boolean => a.number === b.number || a.digest === b.digest

const servedOf = ({ id, model, number, source, digest, artifacts }: ModelVersion): ServedVersion => ({
  id,
  model,
  number,
  sourceWorkspace: source.workspace,
  sourceNumber: source.number,
  digest,
  artifacts: Object.fromEntries(Object.entries(artifacts).filter(([role]) => SERVED_ROLES.includes(role))),
})
