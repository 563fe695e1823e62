import { didYouMean, PlatformError, type StepExplanation } from '@airlock-ml/contract'
import { artifactsOfRun } from '../artifacts/store.ts'
import type { Deps } from '../deps.ts'
import { standingRecalls } from '../marks/store.ts'
import { existingRun } from '../runs/lease.ts'
import { findStep, type StepRow, stepsOf } from '../runs/step-store.ts'
import type { RunRow } from '../runs/store.ts'
import { whyNotUsable } from './check-entry.ts'
import { differencesBetween, type OpenKey } from './differences.ts'
import { type Entry, entriesBefore, entriesOf, findCode, findParts } from './store.ts'

/**
 * Why a step was cached; else what differed from the earlier run of it that differs least.
 * @throws PlatformError `run_not_found`, `step_run_not_found`
 */
export async function explainStep(
  deps: Deps,
  { project, runId, step: name }: { project: string; runId: string; step: string },
): Promise<StepExplanation> {
  const run = await existingRun(deps.db, project, runId)
  const step = await findStep(deps.db, { runId, name })
  if (!step) {
    const names = didYouMean(
      name,
      (await stepsOf(deps.db, runId)).map((each) => each.name),
    )
    throw new PlatformError('step_run_not_found', `Run ${runId} has not begun a step ${name}. ${names}`)
  }
  const head = { step: name, status: step.status, cachedFrom: null, nearest: null, differences: [] }
  if (step.cached_from !== null) return { ...head, ...(await whyCached(deps, run, step)) }
  if (step.status === 'skipped') return { ...head, verdict: 'off', reason: 'It was skipped: there was nothing to run.' }
  if (step.cache_key === null) return { ...head, verdict: 'off', reason: whyWithoutKey(step) }
  const same = (await entriesOf(deps.db, project, step.cache_key)).find(({ run_id: id }) => id < runId)
  if (same) return { ...head, ...(await whyNotTaken(deps, run, same)) }
  const entries = await entriesBefore(deps.db, { project, pipeline: run.pipeline, step: name, runId })
  return { ...head, ...(await nearestOf(deps, step, { project, entries })) }
}

type Answer = Pick<StepExplanation, 'verdict' | 'reason'> & Partial<StepExplanation>

async function whyCached({ db }: Deps, run: RunRow, { name, cached_from }: StepRow): Promise<Answer> {
  const made = await findStep(db, { runId: cached_from!, name })
  const retried = run.retry_of !== null && made?.cache_key === null
  const reason = retried
    ? `Run ${run.retry_of}, which this run retries, had done it.`
    : `Run ${cached_from} did the same: equal code, parameters and inputs.`
  return { verdict: 'cached', reason, cachedFrom: { runId: cached_from!, at: made?.ended_at ?? run.started_at } }
}

function whyWithoutKey({ status }: StepRow): string {
  if (status === 'completed')
    return 'The step does not ask for the cache. Set `cache: true` where its result follows from its code, parameters and inputs alone.'
  return `It is ${status}: only what completed has an entry.`
}

async function whyNotTaken(deps: Deps, run: RunRow, same: Entry): Promise<Answer> {
  const made = (await artifactsOfRun(deps.db, same.run_id)).filter((row) => row.step === same.name)
  const recalls = await standingRecalls(deps.db, run.project)
  const why = await whyNotUsable(deps, { entry: same, made, grade: run.grade, recalls })
  const reason = why
    ? `Nothing differed, but ${why}.`
    : `Nothing differed from run ${same.run_id}, and it was not taken: the cache was not asked (\`--no-cache\`), both ran at the same time, or what it made was not there then.`
  return { verdict: 'ran', reason, nearest: { runId: same.run_id, at: same.ended_at! } }
}

async function nearestOf(
  { db }: Deps,
  step: StepRow,
  { project, entries }: { project: string; entries: readonly Entry[] },
): Promise<Answer> {
  const open = async (key: string): Promise<OpenKey | undefined> => {
    const parts = await findParts(db, project, key)
    return parts && { parts, code: await findCode(db, project, parts.code) }
  }
  const after = await open(step.cache_key!)
  let best: { entry: Entry; differences: StepExplanation['differences'] } | undefined
  for (const entry of after ? entries : []) {
    const before = await open(entry.cache_key!)
    if (!after || !before) continue
    const differences = differencesBetween(before, after)
    if (!best || differences.length < best.differences.length) best = { entry, differences }
  }
  if (!best) return { verdict: 'ran', reason: 'It is the first run of this step that asked for the cache.' }
  const { entry, differences } = best
  const count = differences.length === 1 ? 'One thing differs' : `${differences.length} things differ`
  return {
    verdict: 'ran',
    reason: `${count} from run ${entry.run_id}, the nearest earlier one.`,
    nearest: { runId: entry.run_id, at: entry.ended_at! },
    differences,
  }
}
