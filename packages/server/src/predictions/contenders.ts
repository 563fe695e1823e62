import { type Guards, type ModelVersion, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { type Begun, challengerBegun } from '../deployments/begun.ts'
import { lastRollout, type RolloutNow, rolloutNow } from '../deployments/rollout.ts'
import type { DeploymentWish } from '../deployments/store.ts'
import { existingVersion } from '../models/existing.ts'
import { findVersion } from '../models/version-store.ts'

/** Who is held against whom. */
export type Contenders = {
  champion: ModelVersion
  challenger: ModelVersion
  /** Those that are in force for it now; null when it does not answer beside the champion. */
  guards: Guards | null
  /** Since when it has answered so, or did last; null for what was never set to. */
  begun: Begun | null
}

type Wanted = { wish: DeploymentWish; number: number | undefined; now: Date }

/**
 * While a rollout is under way, also one that was held back, the challenger is who newly holds the stage, and the
 * champion who held it before. Otherwise who holds the stage is the champion, and the challenger the one that is named,
 * or else set. Where none is, the last rollout is looked at, though it is over: labels come late.
 * @throws PlatformError `no_champion`, `model_version_not_found`, `comparison_refused`
 */
export async function contenders(db: Db, { wish, number, now }: Wanted): Promise<Contenders> {
  const holder = await findVersion(db, wish, { stage: wish.stage })
  if (!holder) throw new PlatformError('no_champion', `No version of ${wish.model} holds ${wish.stage}.`)
  const rollout = await rolloutNow(db, wish, { holder, now })
  if (rollout && (number ?? holder.number) === holder.number) {
    return { ...rolledOut(holder, rollout), guards: rollout.heldBack === null ? rollout.guards : null }
  }
  const { challenger: set } = wish
  const wanted = number ?? set?.number
  const last = (wanted ?? holder.number) === holder.number ? await lastRollout(db, wish, { holder, now }) : null
  if (last) return { ...rolledOut(holder, last), guards: null }
  if (wanted === undefined)
    throw new PlatformError(
      'comparison_refused',
      `${wish.name} has no challenger. Name one: it may have answered before.`,
    )
  const challenger = await existingVersion(db, wish, { number: wanted })
  const begun = await challengerBegun(db, { deploymentId: wish.id, number: wanted })
  return { champion: holder, challenger, guards: set?.number === wanted ? set.guards : null, begun }
}

const rolledOut = (holder: ModelVersion, { previous, since, comparison }: RolloutNow) => ({
  ...{ champion: previous, challenger: holder },
  begun: { at: since, comparison },
})
