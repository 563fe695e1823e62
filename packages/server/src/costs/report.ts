import type { CostReport } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { type LabelledSum, sumStepTime } from './store.ts'

type Asked = { project: string; by?: string | undefined; since?: string | undefined; until?: string | undefined }
type Sums = CostReport['total']

/** Sums the time of steps by the value of one label, the dearest first. */
export async function reportCost(deps: Pick<Deps, 'db'>, { project, by, since, until }: Asked): Promise<CostReport> {
  const sums = await sumStepTime(deps.db, { project, since, until })
  const labelValue = ({ labels }: LabelledSum) => (by !== undefined && Object.hasOwn(labels, by) ? labels[by]! : null)
  const groups = [...Map.groupBy(sums, labelValue)].map(([value, same]) => ({ value, ...added(same) }))
  groups.sort((a, b) => b.stepMs - a.stepMs)
  const known = [...new Set(sums.flatMap(({ labels }) => Object.keys(labels)))].sort()
  return { by: by ?? null, since: since ?? null, until: until ?? null, groups, total: added(sums), labels: known }
}

const added = (sums: readonly Sums[]): Sums =>
  sums.reduce<Sums>(
    (all, { runs, steps, stepMs }) => ({
      runs: all.runs + runs,
      steps: all.steps + steps,
      stepMs: all.stepMs + stepMs,
    }),
    { runs: 0, steps: 0, stepMs: 0 },
  )
