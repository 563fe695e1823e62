import type { HeldStage, StageChange } from '@airlock-ml/contract'

/** The change that gave a stage to whoever held it at a moment, and when they left it since. */
export type Tenure = { change: StageChange; heldUntil: string | null }

/**
 * Plays the changes of a model, oldest first, up to a moment and on. A version that goes from one stage to the other
 * leaves the first one empty, although that stage has no change of its own. Without a moment it is now, after all of
 * them, also where the clock says that one is still to come.
 */
export function holdersAt(changes: readonly StageChange[], at?: string): Map<HeldStage, Tenure> {
  const holders = new Map<HeldStage, Tenure>()
  const instantMs = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at)
  for (const change of changes) {
    const isLater = Date.parse(change.at) > instantMs
    for (const [stage, tenure] of holders) {
      if (stage !== change.stage && tenure.change.number !== change.number) continue
      if (!isLater) holders.delete(stage)
      else tenure.heldUntil ??= change.at
    }
    if (!isLater) holders.set(change.stage, { change, heldUntil: null })
  }
  return holders
}
