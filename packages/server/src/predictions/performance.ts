import type { Performance, performanceRoutes } from '@airlock-ml/contract'
import { aucInterval, rocAuc, wilsonInterval } from '@airlock-ml/tabular'
import { existingDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { type Judged, labelledRows } from './labelled-rows.ts'
import { timeOf } from './part-file.ts'

type Span = Performance['spans'][number]
const HOUR_MS = 3_600_000
const DAYS_MS = 30 * 24 * HOUR_MS

export const performanceHandlers = (deps: Deps): Handlers<typeof performanceRoutes> => ({
  showPerformance: async ({ from, every, ...path }) => {
    const { id } = await existingDeployment(deps.db, path)
    const fromMs = from === undefined ? deps.now().getTime() - DAYS_MS : Date.parse(from)
    return performanceOf(deps, { deploymentId: id, fromMs, everyMs: every === 'hour' ? HOUR_MS : 24 * HOUR_MS })
  },
})

/**
 * How well each version did in each span of time, by the labels that are known of its predictions. Only the row groups
 * that hold one of them are read.
 * @throws PlatformError `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
async function performanceOf(
  deps: Deps,
  { deploymentId, fromMs, everyMs }: { deploymentId: string; fromMs: number; everyMs: number },
): Promise<Performance> {
  const { isCut, parts, judged: judgedIn } = await labelledRows(deps, { deploymentId, fromMs })
  const spans = new Map<string, Judged[]>()
  let unreadable = 0
  for (const part of parts) {
    for await (const judged of judgedIn(part)) {
      if (judged === null) {
        unreadable++
        continue
      }
      const key = `${Math.floor(timeOf(judged.id) / everyMs)} ${judged.role} ${judged.digest} ${judged.number}`
      const span = spans.get(key)
      if (span) span.push(judged)
      else spans.set(key, [judged])
    }
  }
  const all = [...spans.values()].map((span) => spanOf(span, everyMs))
  return {
    spans: all.sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : a.number - b.number)),
    unreadable,
    isCut,
  }
}

function spanOf(judged: readonly Judged[], everyMs: number): Span {
  const { id, number, digest, role } = judged[0]!
  const fromMs = Math.floor(timeOf(id) / everyMs) * everyMs
  const hits = judged.filter(({ truth, label }) => truth === label).length
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(fromMs + everyMs).toISOString(),
    ...{ number, digest, role, labelled: judged.length },
    accuracy: hits / judged.length,
    accuracyInterval: wilsonInterval(hits, judged.length),
    rocAuc: aucsOf(judged),
  }
}

function aucsOf(judged: readonly Judged[]): Span['rocAuc'] {
  const classes = Object.keys(judged[0]!.probabilities)
  return (classes.length === 2 ? classes.slice(1) : classes).flatMap((label) => {
    const isPositive = judged.map(({ truth }) => truth === label)
    const scores = judged.map(({ probabilities }) => probabilities[label] ?? 0)
    const value = rocAuc(isPositive, scores)
    return value === null ? [] : { label, value, interval: aucInterval(isPositive, scores) }
  })
}
