import { sql } from 'kysely'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'

/** The time of steps of all runs that have exactly these labels. */
export type LabelledSum = { labels: Record<string, string>; runs: number; steps: number; stepMs: number }

/** Sums by the whole of their labels, of which there are few, however many runs there are. */
export async function sumStepTime(
  db: Db,
  filter: { project: string; since?: string | undefined; until?: string | undefined },
): Promise<LabelledSum[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('step_runs', 'step_runs.run_id', 'runs.id')
    .select([
      'runs.labels as labels',
      (e) => e.fn.count<number>('runs.id').distinct().as('runs'),
      (e) => e.fn.countAll<number>().as('steps'),
      // A step whose clock was set back must not take from what others cost.
      sql<number>`sum(case when step_runs.ended_at > step_runs.started_at
        then julianday(step_runs.ended_at) - julianday(step_runs.started_at) else 0 end) * 86400000`.as('step_ms'),
    ])
    .where('runs.project', '=', filter.project)
    .where('step_runs.ended_at', 'is not', null)
    .where('step_runs.status', 'not in', ['cached', 'skipped'])
    .$if(filter.since !== undefined, (q) => q.where('runs.started_at', '>=', filter.since!))
    .$if(filter.until !== undefined, (q) => q.where('runs.started_at', '<', filter.until!))
    .groupBy('runs.labels')
    .execute()
  return rows.map(({ labels, runs, steps, step_ms }) => ({
    labels: fromJson<Record<string, string>>(labels),
    runs: Number(runs),
    steps: Number(steps),
    stepMs: Math.round(Number(step_ms)),
  }))
}
