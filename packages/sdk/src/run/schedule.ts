import type { RunError } from '@airlock-ml/contract'
import pLimit from 'p-limit'
import type { GraphStep } from '../compile/graph.ts'

/** How steps are run. */
export interface ScheduleOptions {
  /** The most steps that run at the same time. */
  readonly concurrency: number
  readonly execute: (step: GraphStep) => Promise<RunError | null>
  /** When aborted, no further step starts. */
  readonly stop: AbortSignal
}

/**
 * Runs each step when all that it reads has been made, independent ones in parallel. After the first failure no step
 * starts any more; those that run finish. Answers with the first failure. Linear in steps and inputs.
 */
export async function schedule(steps: readonly GraphStep[], options: ScheduleOptions): Promise<RunError | null> {
  const { waitsFor, readers } = edges(steps)
  const limit = pLimit(options.concurrency)
  let failure: RunError | null = null
  const visit = async (planned: GraphStep): Promise<void> => {
    const isDone = await limit(async () => {
      if (failure !== null || options.stop.aborted) return false
      const failed = await options.execute(planned)
      failure ??= failed
      return failed === null
    })
    if (!isDone) return
    const ready = (readers.get(planned.step.name) ?? []).filter(({ step: { name } }) => {
      const left = waitsFor.get(name)! - 1
      waitsFor.set(name, left)
      return left === 0
    })
    await Promise.all(ready.map(visit))
  }
  await Promise.all(steps.filter(({ step }) => waitsFor.get(step.name) === 0).map(visit))
  return failure
}

/** For each step how many steps it waits for, and which steps read it. */
function edges(steps: readonly GraphStep[]) {
  const waitsFor = new Map<string, number>()
  const readers = new Map<string, GraphStep[]>()
  for (const planned of steps) {
    const makers = Object.values(planned.step.inputs).flatMap((source) => (source.from === 'step' ? [source.step] : []))
    const distinct = new Set(makers)
    waitsFor.set(planned.step.name, distinct.size)
    for (const maker of distinct) {
      const known = readers.get(maker)
      if (known) known.push(planned)
      else readers.set(maker, [planned])
    }
  }
  return { waitsFor, readers }
}
