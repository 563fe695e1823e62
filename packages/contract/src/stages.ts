import { z } from 'zod'

/** What a model version holds. At most one version of a model holds `staging`, and one `production`. */
export const Stage = z
  .enum(['none', 'staging', 'production', 'archived'])
  .meta({ id: 'Stage', description: 'What a model version holds.' })
export type Stage = z.infer<typeof Stage>

/** A stage with at most one holder per model, guarded by a policy. */
export const HeldStage = z
  .enum(['staging', 'production'])
  .meta({ id: 'HeldStage', description: 'A stage with at most one holder.' })
export type HeldStage = z.infer<typeof HeldStage>

/** Which stages a version may be promoted into from which. A version that left `production` comes back by rollback only. */
export const stageEntries = {
  staging: ['none', 'archived'],
  production: ['none', 'staging'],
} as const satisfies Record<HeldStage, readonly Stage[]>
