import { type ModelVersion, PlatformError, type SetRollout, type StageChange, shareAt } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { changesOldestFirst } from '../models/change-store.ts'
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
  /** When it was let in. */
  since: string
} & Pick<SetRollout, 'comparison' | 'guards'>

type Wanted = { holder: ModelVersion; now: Date }

/**
 * Whether the holder of the stage is still rolled out beside one that answered everything before. Both were let in by
 * the policy of the stage, so that no one is asked again. A rollback is no rollout, since it has to take out what is bad
 * at once; and who was barred since answers no rest.
 */
export async function rolloutNow(db: Db, wish: DeploymentWish, wanted: Wanted): Promise<RolloutNow | null> {
  const last = await courseOf(db, wish, wanted)
  if (!last || last.isOver) return null
  const rollout = await withPrevious(db, wish, { holder: wanted.holder, course: last })
  return rollout && (await whyBarred(db, rollout.previous)) === null ? rollout : null
}

/** How the holder of the stage was let in, also when it answers alone by now or who was before it was barred since. */
export async function lastRollout(db: Db, wish: DeploymentWish, wanted: Wanted): Promise<RolloutNow | null> {
  const course = await courseOf(db, wish, wanted)
  return course && withPrevious(db, wish, { holder: wanted.holder, course })
}

type Course = Omit<RolloutNow, 'previous'> & { rest: number; isOver: boolean }

async function courseOf(db: Db, wish: DeploymentWish, { holder, now }: Wanted): Promise<Course | null> {
  const { rollout, createdAt } = wish
  if (!rollout) return null
  const changes = await changesOldestFirst(db, wish, wish.stage)
  const under = { rollout, createdAt, changes }
  const change = changes.at(-1)
  if (change?.number !== holder.number) return null
  const held = heldBackAt(rollout, change, now)
  const rest = held?.rest ?? restOf(under, changes.length - 1)
  if (rest === null) return null
  const since = beginOf(rollout, change)
  const { share, nextAt } = shareAt({ ...rollout, since }, now)
  const { comparison, guards } = rollout
  return held
    ? {
        rest,
        isOver: false,
        share: 0,
        stepAt: null,
        heldBack: heldBackText(wish.model, held),
        comparison,
        guards,
        since,
      }
    : { rest, isOver: nextAt === null, share, stepAt: nextAt, heldBack: null, comparison, guards, since }
}

async function withPrevious(
  db: Db,
  wish: DeploymentWish,
  { holder, course: { rest, isOver: _, ...course } }: { holder: ModelVersion; course: Course },
): Promise<RolloutNow | null> {
  const previous = await findVersion(db, wish, { number: rest })
  return previous && previous.digest !== holder.digest ? { ...course, previous } : null
}

type Under = { rollout: SetRollout; createdAt: string; changes: readonly StageChange[] }

/** Who answers what the version of a change does not; null when that one answers alone at once. */
function restOf({ rollout, createdAt, changes }: Under, index: number): number | null {
  const change = changes[index]
  if (!change || change.act === 'rollback' || change.at < createdAt) return null
  if (change.at >= rollout.since) return settledAt({ rollout, createdAt, changes }, index - 1, change.at)
  return rollout.again?.number === change.number ? rollout.again.rest : null
}

/** Who answered everything until a later change: not one that had not come so far, or was held back. */
function settledAt(under: Under, index: number, until: string): number | null {
  const { rollout, changes } = under
  const change = changes[index]
  if (!change) return null
  const at = new Date(until)
  const held = heldBackAt(rollout, change, at)
  if (held) return held.rest
  const rest = restOf(under, index)
  if (rest === null) return change.number
  return shareAt({ ...rollout, since: beginOf(rollout, change) }, at).nextAt === null ? change.number : rest
}

const beginOf = ({ since }: SetRollout, { at }: StageChange): string => (at < since ? since : at)

/** Whether what a change brought in was held back before some moment; the stage may have been given to it twice. */
function heldBackAt({ heldBack }: SetRollout, { number, at }: StageChange, now: Date) {
  const isOfChange = heldBack?.number === number && heldBack.at >= at && Date.parse(heldBack.at) <= now.getTime()
  return isOfChange ? heldBack : null
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
