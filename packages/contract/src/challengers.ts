import { z } from 'zod'
import { VersionNumber } from './models.ts'
import { KebabName, Timestamp } from './names.ts'

const Share = z.number().min(0).max(1)
const Step = z.strictObject({ share: Share, minutes: z.number().positive().max(130_000) })

/** When a service lets a version answer nobody any more beside the champion, by itself. */
export const Guards = z
  .strictObject({
    windowSeconds: z.int().min(10).max(86_400).default(300).describe('What is looked at: so much of what was last.'),
    minRows: z.int().min(20).default(500).describe('Rows of each side below which nothing is said of p99 and labels.'),
    errorRate: Share.nullable()
      .default(0.05)
      .describe('The largest part of its rows that it may fail to answer, which the whole interval must exceed.'),
    p99Ratio: z
      .number()
      .min(1)
      .nullable()
      .default(3)
      .describe('The most that its p99 may be of the champion’s, where it is 5 ms more. Not of a shadow.'),
    disagreement: Share.nullable()
      .default(null)
      .describe(
        'The largest part of rows that a shadow may label otherwise, or by which a label of a canary may be more or less frequent.',
      ),
    drift: z
      .boolean()
      .default(false)
      .describe(
        'Whether it ends when, in its latest monitoring window, a measure is in breach that is not in the champion’s.',
      ),
    worse: z
      .boolean()
      .default(true)
      .describe('Whether the workspace ends it when a comparison by labels finds it worse than who holds the stage.'),
    maxMinutes: z.number().positive().nullable().default(null).describe('The longest that it may answer.'),
  })
  .meta({ id: 'Guards', description: 'When a service ends what answers beside its champion.' })
export type Guards = z.output<typeof Guards>

/** A version that answers beside the one that holds the stage. */
export const Challenger = z
  .strictObject({
    number: VersionNumber,
    mode: z.enum(['shadow', 'canary']),
    share: Share.default(0.05).describe(
      'Of a canary: the part of the keys that it answers. A shadow is asked about everything, unheard.',
    ),
    steps: z
      .array(Step)
      .max(20)
      .default([])
      .describe(
        'Of a canary: larger shares that it comes to by itself, each so many minutes after the one before, while the workspace is there.',
      ),
    comparison: KebabName.nullable().default(null).describe('Name of the registered comparison that judges it.'),
    guards: Guards.prefault({}),
  })
  .meta({ id: 'Challenger', description: 'A version that answers beside the one that holds the stage.' })
export type Challenger = z.output<typeof Challenger>

/** How a version that newly holds the stage comes to answer. */
export const Rollout = z
  .strictObject({
    share: Share.default(0.05).describe('The part of the keys that it answers from the beginning.'),
    steps: z
      .array(Step)
      .min(1)
      .max(20)
      .describe('Larger shares, each so many minutes after the one before. The last is 1: then it answers alone.'),
    comparison: KebabName.nullable().default(null).describe('Name of the registered comparison that judges it.'),
    guards: Guards.prefault({}),
  })
  .meta({ id: 'Rollout', description: 'How a version that newly holds the stage comes to answer, by and by.' })
export type Rollout = z.output<typeof Rollout>

/** A rollout as it was set. */
export const SetRollout = Rollout.extend({
  since: Timestamp.describe('When it was set: no step is counted from before.'),
  again: z
    .object({ number: VersionNumber, rest: VersionNumber })
    .nullable()
    .describe(
      'Which holder began again when it was set, and who answers the rest. Holders before it are left as they are.',
    ),
  heldBack: z
    .object({ number: VersionNumber, rest: VersionNumber, at: Timestamp, by: z.string(), reason: z.string() })
    .nullable()
    .describe(
      'The version that its service held back, which answers nobody until the rollout is set again, and who answers.',
    ),
}).meta({ id: 'SetRollout', description: 'A rollout as it was set.' })
export type SetRollout = z.output<typeof SetRollout>

/** A challenger as it was set. */
export const SetChallenger = Challenger.extend({
  since: Timestamp.describe('When it was set: what its steps are counted from.'),
}).meta({ id: 'SetChallenger', description: 'A challenger as it was set.' })
export type SetChallenger = z.output<typeof SetChallenger>

/** The share of a challenger at a moment, and when its next step is due; null after the last. */
export function shareAt(
  { share, steps, since }: Pick<SetChallenger, 'share' | 'steps' | 'since'>,
  now: Date,
): { share: number; nextAt: Date | null } {
  let atMs = Date.parse(since)
  let reached = share
  for (const step of steps) {
    atMs += step.minutes * 60_000
    if (now.getTime() < atMs) return { share: reached, nextAt: new Date(atMs) }
    reached = step.share
  }
  return { share: reached, nextAt: null }
}
