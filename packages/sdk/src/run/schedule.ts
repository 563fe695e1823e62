import type { RunError, SnapshotStep } from '@airlock-ml/contract'
import pLimit from 'p-limit'
import type { GraphStep } from '../compile/graph.ts'
import type { StepOutcome } from './execute-step.ts'

/** How steps are run. */
export interface ScheduleOptions {
  /** The most steps that run at the same time. */
  readonly concurrency: number
  /** `skippedBy` is a step that this one depends on and that was skipped. */
  readonly execute: (step: GraphStep, skippedBy: string | undefined) => Promise<StepOutcome>
  /** When aborted, no further step starts. */
  readonly stop: AbortSignal
}

/**
 * Runs each step when all that it waits for is done or skipped, independent ones in parallel. After the first failure no
 * step starts any more; those that run finish. Answers with the first failure. Linear in steps and inputs.
 */
export async function schedule(steps: readonly GraphStep[], options: ScheduleOptions): Promise<RunError | null> {
  const { waitsFor, followers } = edges(steps)
  const limit = pLimit(options.concurrency)
  const skippedBy = new Map<string, string>()
  let failure: RunError | null = null
  const visit = async (planned: GraphStep): Promise<void> => {
    const { name } = planned.step
    const outcome = await limit(async () => {
      if (failure !== null || options.stop.aborted) return null
      const ended = await options.execute(planned, skippedBy.get(name))
      if (ended.status === 'failed') failure ??= ended.error
      return ended
    })
    if (outcome === null || outcome.status === 'failed') return
    const ready = (followers.get(name) ?? []).filter(({ follower: { step }, needs }) => {
      if (needs && outcome.status === 'skipped' && !skippedBy.has(step.name)) skippedBy.set(step.name, name)
      const left = waitsFor.get(step.name)! - 1
      waitsFor.set(step.name, left)
      return left === 0
    })
    await Promise.all(ready.map(({ follower }) => visit(follower)))
  }
  await Promise.all(steps.filter(({ step }) => waitsFor.get(step.name) === 0).map(visit))
  return failure
}

/** A step that waits for another, and whether it is skipped with it. */
type Follower = { readonly follower: GraphStep; readonly needs: boolean }

/** For each step how many steps it waits for, and which steps follow it. */
function edges(steps: readonly GraphStep[]) {
  const waitsFor = new Map<string, number>()
  const followers = new Map<string, Follower[]>()
  for (const follower of steps) {
    const earlier = waitedFor(follower.step)
    waitsFor.set(follower.step.name, earlier.size)
    for (const [name, needs] of earlier) {
      const known = followers.get(name)
      if (known) known.push({ follower, needs })
      else followers.set(name, [{ follower, needs }])
    }
  }
  return { waitsFor, followers }
}

/** The steps that one waits for, and whether it can do without what they make. */
function waitedFor({ inputs, after = [], when }: SnapshotStep): Map<string, boolean> {
  const earlier = new Map([...after, ...(when ? [when.step] : [])].map((name) => [name, true]))
  for (const source of Object.values(inputs).flatMap((each) => (each.from === 'list' ? each.items : [each]))) {
    if (source.from === 'step') earlier.set(source.step, !source.optional || earlier.get(source.step) === true)
  }
  return earlier
}
