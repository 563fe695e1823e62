import type { OpenWorkspace } from '../workspace/open.ts'

/** How long an earlier run took, and each of its steps. */
export type EarlierRun = { tookMs: number; stepMs: ReadonlyMap<string, number> }

/** The last run of a pipeline that completed; null when there is none. */
export async function earlierRun(
  { client, project }: Pick<OpenWorkspace, 'client' | 'project'>,
  pipeline: string,
): Promise<EarlierRun | null> {
  const { items } = await client.listRuns({ project, pipeline, status: 'completed', limit: 1 })
  if (!items[0]) return null
  const { startedAt, endedAt, steps } = await client.showRun({ project, runId: items[0].id })
  const took = (from: string, to: string | null) => (to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from)))
  return {
    tookMs: took(startedAt, endedAt),
    stepMs: new Map(steps.map((step) => [step.name, took(step.startedAt, step.endedAt)])),
  }
}

/**
 * About how long the rest takes: what its steps took before, less what has passed of those that run, in the proportion
 * in which they ran side by side. Null where nothing is known.
 */
export function timeLeftMs(
  { tookMs, stepMs }: EarlierRun,
  open: readonly { step: string; passedMs: number }[],
): number | null {
  const all = [...stepMs.values()].reduce((sum, ms) => sum + ms, 0)
  if (all === 0 || !open.some(({ step }) => stepMs.has(step))) return null
  const left = open.reduce((sum, { step, passedMs }) => sum + Math.max(0, (stepMs.get(step) ?? 0) - passedMs), 0)
  return left * Math.min(1, tookMs / all)
}
