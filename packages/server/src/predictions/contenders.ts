import { type Guards, type ModelVersion, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { rolloutNow } from '../deployments/rollout.ts'
import type { DeploymentWish } from '../deployments/store.ts'
import { existingVersion } from '../models/existing.ts'
import { findVersion } from '../models/version-store.ts'

/** Who is held against whom. */
export type Contenders = {
  champion: ModelVersion
  challenger: ModelVersion
  /** How the challenger answers beside the champion now; null when it does not. */
  mode: 'shadow' | 'canary' | null
  /** Those that are in force for it now. */
  guards: Guards | null
}

type Wanted = { wish: DeploymentWish; number: number | undefined; now: Date }

/**
 * While a rollout is under way, also one that was held back, the challenger is who newly holds the stage, and the
 * champion who held it before. Otherwise who holds the stage is the champion, and the challenger the one that is named,
 * or else set.
 * @throws PlatformError `no_champion`, `model_version_not_found`, `comparison_refused`
 */
export async function contenders(db: Db, { wish, number, now }: Wanted): Promise<Contenders> {
  const holder = await findVersion(db, wish, { stage: wish.stage })
  if (!holder) throw new PlatformError('no_champion', `No version of ${wish.model} holds ${wish.stage}.`)
  const rollout = await rolloutNow(db, wish, { holder, now })
  if (rollout && (number ?? holder.number) === holder.number) {
    const { previous, heldBack, guards } = rollout
    const isOut = heldBack !== null
    return { champion: previous, challenger: holder, mode: isOut ? null : 'canary', guards: isOut ? null : guards }
  }
  const { challenger: set } = wish
  const wanted = number ?? set?.number
  if (wanted === undefined)
    throw new PlatformError(
      'comparison_refused',
      `${wish.name} has no challenger. Name one: it may have answered before.`,
    )
  const challenger = await existingVersion(db, wish, { number: wanted })
  const isSet = set?.number === wanted
  return { champion: holder, challenger, mode: isSet ? set.mode : null, guards: isSet ? set.guards : null }
}
