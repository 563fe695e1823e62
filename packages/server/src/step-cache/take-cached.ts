import { digestOf } from '@airlock-ml/bundle'
import { type CacheAnswer, PlatformError, type StepCode } from '@airlock-ml/contract'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { demandWanted, inputsOf } from '../runs/inputs.ts'
import { existingRun, holdRun } from '../runs/lease.ts'
import { recordReused } from '../runs/record-reused.ts'
import type { SnapshotSpecs } from '../runs/snapshot-specs.ts'
import { type LookedUp, lookUp } from './look-up.ts'
import { insertKeys } from './store.ts'

type HeldRun = { project: string; runId: string; leaseToken: string }
type Wanted = { codes: readonly StepCode[]; steps: readonly { step: string; code: number }[]; renew: boolean }

/**
 * Looks steps up in the cache and records those that are there as taken, all in one transaction. Two runs that make the
 * same entry at once both make it; the newer one is found.
 * @throws PlatformError those of `holdRun`, `run_cancel_requested`, `step_run_not_found`, `step_conflict`
 */
export async function takeCached(
  deps: Deps,
  specs: SnapshotSpecs,
  { codes, steps, renew, ...held }: HeldRun & Wanted,
): Promise<{ steps: Record<string, CacheAnswer> }> {
  const run = await existingRun(deps.db, held.project, held.runId)
  const spec = await specs.specOf(deps.db, run)
  const digests = codes.map((code) => digestOf(code))
  const codeOf = new Map<string, string>()
  for (const { step, code } of steps) {
    await specs.stepOf(deps.db, run, step)
    const digest = digests[code]
    if (digest === undefined) throw new PlatformError('request_invalid', `There is no code ${code} for ${step}.`)
    codeOf.set(step, digest)
  }
  const found = await lookUp(deps, { run, spec }, { codeOf, renew })
  const known = [...found.values()].filter((each): each is LookedUp => each !== undefined)
  const answers = new Map<string, CacheAnswer>([...found.keys()].map((step) => [step, { state: 'waiting' }]))
  await transact(deps.db, async (tx) => {
    const running = await holdRun(tx, deps, held)
    demandWanted(running)
    await insertKeys(tx, run.project, {
      keys: new Map(known.flatMap((each) => (each.entry ? [] : [[each.key, each.parts]]))),
      codes: new Map(codes.map((code, at) => [digests[at]!, code])),
    })
    for (const looked of known) {
      const { key, step } = looked
      if (!looked.entry) {
        answers.set(step.name, { state: 'new', key, refused: looked.refused })
        continue
      }
      const inputs = await inputsOf(tx, running, step)
      const outputs = await recordReused(tx, deps, running, { step, earlier: looked.entry, inputs, made: looked.made })
      answers.set(step.name, { state: 'cached', key, fromRunId: looked.entry.run_id, outputs })
    }
  })
  return { steps: Object.fromEntries(answers) }
}
