import { PlatformError, type SnapshotStep } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { holdRun } from './lease.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import { findStep, insertStep } from './step-store.ts'
import type { HeldStep } from './steps.ts'

/**
 * Records that a step is skipped. Only one with a condition can be, and what depends on one that was: no other step is
 * left out of a run.
 * @throws PlatformError those of `holdRun`, `step_run_not_found`, `step_conflict`
 */
export const skipStep = (
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
  { reason }: { reason: string },
): Promise<{ endedAt: string }> =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    const step = await specs.stepOf(tx, run, held.step)
    if (!step.when && !(await dependsOnSkipped(tx, run.id, step)))
      throw new PlatformError('step_conflict', `${step.name} has no condition, nor does it depend on a skipped step.`)
    const endedAt = deps.now().toISOString()
    const isNew = await insertStep(tx, {
      run_id: run.id,
      name: step.name,
      status: 'skipped',
      started_at: endedAt,
      ended_at: endedAt,
      metadata: toJson({}),
      error: null,
      skip_reason: reason,
    })
    if (!isNew) throw new PlatformError('step_conflict', `The step ${step.name} was started already.`)
    return { endedAt }
  })

async function dependsOnSkipped(tx: Tx, runId: string, { inputs, after = [] }: SnapshotStep): Promise<boolean> {
  const sources = Object.values(inputs).flatMap((source) => (source.from === 'list' ? source.items : [source]))
  const read = sources.flatMap((source) => (source.from === 'step' && !source.optional ? [source.step] : []))
  for (const name of new Set([...read, ...after]))
    if ((await findStep(tx, { runId, name }))?.status === 'skipped') return true
  return false
}
