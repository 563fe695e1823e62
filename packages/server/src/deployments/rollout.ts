import { type ModelVersion, PlatformError, type SetRollout, shareAt } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { lastChange } from '../models/change-store.ts'
import { findVersion } from '../models/version-store.ts'
import type { DeploymentWish } from './store.ts'
import { whyBarred } from './why-barred.ts'

/** A version that newly holds the stage and does not answer alone yet. */
export type RolloutNow = {
  /** Who held the stage before, and answers the rest. */
  previous: ModelVersion
  /** The holder's share. */
  share: number
  stepAt: Date | null
  /** Why the holder answers nobody; null while it is not held back. */
  heldBack: string | null
  comparison: string | null
}

/**
 * Whether the holder of the stage is still rolled out beside the one before it. Both were let in by the policy of the
 * stage, so that no one is asked again. A rollback is no rollout, since it has to take out what is bad at once; and who
 * was barred since answers no rest.
 */
export async function rolloutNow(
  db: Db,
  wish: DeploymentWish,
  { holder, now }: { holder: ModelVersion; now: Date },
): Promise<RolloutNow | null> {
  const { rollout, createdAt } = wish
  if (!rollout) return null
  const change = await lastChange(db, wish, wish.stage)
  if (!change || change.act === 'rollback' || change.previousNumber === null || change.at < createdAt) return null
  const held = rollout.heldBack
  const isHeldBack = held !== null && held.number === holder.number && held.at >= change.at
  const heldBack = isHeldBack ? heldBackText(wish.model, held) : null
  const since = new Date(Math.max(Date.parse(change.at), Date.parse(rollout.since))).toISOString()
  const { share, nextAt } = shareAt({ ...rollout, since }, now)
  if (heldBack === null && nextAt === null) return null
  const previous = await findVersion(db, wish, { number: change.previousNumber })
  if (!previous || previous.digest === holder.digest || (await whyBarred(db, previous)) !== null) return null
  const { comparison } = rollout
  return {
    previous,
    share: heldBack === null ? share : 0,
    stepAt: heldBack === null ? nextAt : null,
    heldBack,
    comparison,
  }
}

const heldBackText = (model: string, { number, at, by, reason }: NonNullable<SetRollout['heldBack']>): string =>
  `${model} ${number} was held back by ${by} at ${at}: ${reason}`

/** @throws PlatformError `request_invalid` for shares that do not rise to all */
export function demandWholeRollout({ share, steps }: Pick<SetRollout, 'share' | 'steps'>): void {
  if (steps.at(-1)?.share !== 1)
    throw new PlatformError('request_invalid', 'The last step of a rollout must be the share 1.')
  demandRising(share, steps)
}

/** Steps are a way up: the way down is at once. @throws PlatformError `request_invalid` */
export function demandRising(share: number, steps: readonly { share: number }[]): void {
  const shares = [share, ...steps.map((step) => step.share)]
  if (shares.every((each, at) => at === 0 || each > shares[at - 1]!)) return
  throw new PlatformError('request_invalid', `Each step must be a larger share, and they are ${shares.join(', ')}.`)
}
