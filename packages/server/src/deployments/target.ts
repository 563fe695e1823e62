import { hkdfSync } from 'node:crypto'
import { digestOf } from '@airlock-ml/bundle'
import {
  type DeploymentTarget,
  type ModelVersion,
  PlatformError,
  type ServedVersion,
  shareAt,
} from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { candidateOf } from '../marks/candidate.ts'
import { demandUnmarked } from '../marks/demand-unmarked.ts'
import { matchRecall, recalledText } from '../marks/match-recall.ts'
import { findVersion } from '../models/version-store.ts'
import { type DeploymentWish, liveKeys } from './store.ts'

/** What a service fetches of a version: never the data it was trained on. */
const SERVED_ROLES = ['model', 'profile']

/** What the service of a deployment has to do now. */
export async function targetOf(
  db: Db,
  { pepper, now }: Pick<Deps, 'pepper' | 'now'>,
  wish: DeploymentWish,
): Promise<DeploymentTarget> {
  const holder = await findVersion(db, wish, { stage: wish.stage })
  const whyNobody = await whyNot(db, wish, holder)
  const keys = await liveKeys(db, wish.id)
  const target: Omit<DeploymentTarget, 'revision'> = {
    deploymentId: wish.id,
    name: wish.name,
    project: wish.project,
    pipeline: wish.pipeline,
    snapshotId: wish.snapshotId,
    settings: wish.settings,
    champion: holder && whyNobody === null ? servedOf(holder) : null,
    whyNobody,
    ...(await challengerOf(db, wish, { holder, now: now() })),
    keys: keys.map(({ id, name, sha256, expires_at }) => ({ id, name, sha256, expiresAt: expires_at })),
    inputsKey: inputsKeyOf(pepper, wish.id),
  }
  return { revision: digestOf(target), ...target }
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

type ChallengerPart = Pick<DeploymentTarget, 'challenger' | 'whyNoChallenger'>

/** The challenger that was set, unless it was barred since or holds the stage itself: then it has no more to show. */
async function challengerOf(
  db: Db,
  wish: DeploymentWish,
  { holder, now }: { holder: ModelVersion | undefined; now: Date },
): Promise<ChallengerPart> {
  if (!wish.challenger) return { challenger: null, whyNoChallenger: null }
  const { number, mode, comparison } = wish.challenger
  const version = await findVersion(db, wish, { number })
  const why = version ? await whyNotChallenger(db, version, holder) : `${wish.model} has no version ${number}.`
  if (!version || why !== null) return { challenger: null, whyNoChallenger: why }
  const { share } = shareAt(wish.challenger, now)
  return { challenger: { version: servedOf(version), mode, share, comparison }, whyNoChallenger: null }
}

async function whyNotChallenger(db: Db, version: ModelVersion, holder: ModelVersion | undefined) {
  if (holder && isSame(version, holder)) return `${version.model} ${version.number} holds the stage itself.`
  try {
    await demandUnmarked(db, candidateOf(version))
    return null
  } catch (error) {
    if (error instanceof PlatformError) return error.message
    throw error
  }
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

/** Derived from the workspace's secret, so that who reads the database alone cannot try inputs against their hashes. */
const inputsKeyOf = (pepper: Uint8Array, deploymentId: string): string =>
  Buffer.from(hkdfSync('sha256', pepper, deploymentId, 'airlock deployment inputs', 32)).toString('base64')
