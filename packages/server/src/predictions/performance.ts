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
  const spans = new Map<string, SpanRows>()
  let unreadable = 0
  for (const part of parts) {
    for await (const judged of judgedIn(part)) {
      if (judged === null) {
        unreadable++
        continue
      }
      const key = `${Math.floor(timeOf(judged.id) / everyMs)} ${judged.role} ${judged.digest} ${judged.number}`
      const span = spans.get(key) ?? newSpan(judged)
      spans.set(key, span)
      addTo(span, judged)
    }
  }
  const all = [...spans.values()].map((span) => spanOf(span, everyMs))
  return {
    spans: all.sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : a.number - b.number)),
    unreadable,
    isCut,
  }
}

/** What is kept of the rows of a span: a text and a number a class each, however much was recorded of them. */
type SpanRows = Pick<Judged, 'id' | 'number' | 'digest' | 'role'> & {
  truths: string[]
  hits: number
  /** P(class) of each row. */
  scores: Map<string, number[]>
}

const newSpan = ({ id, number, digest, role, probabilities }: Judged): SpanRows => ({
  ...{ id, number, digest, role, truths: [], hits: 0 },
  scores: new Map(Object.keys(probabilities).map((label) => [label, []])),
})

function addTo(span: SpanRows, { truth, label, probabilities }: Judged): void {
  span.truths.push(truth)
  if (truth === label) span.hits++
  for (const [name, scores] of span.scores) scores.push(probabilities[name] ?? 0)
}

function spanOf({ id, number, digest, role, truths, hits, scores }: SpanRows, everyMs: number): Span {
  const fromMs = Math.floor(timeOf(id) / everyMs) * everyMs
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(fromMs + everyMs).toISOString(),
    ...{ number, digest, role, labelled: truths.length },
    accuracy: hits / truths.length,
    accuracyInterval: wilsonInterval(hits, truths.length),
    rocAuc: aucsOf(truths, scores),
  }
}

function aucsOf(truths: readonly string[], scores: SpanRows['scores']): Span['rocAuc'] {
  const classes = [...scores.keys()]
  return (classes.length === 2 ? classes.slice(1) : classes).flatMap((label) => {
    const isPositive = truths.map((truth) => truth === label)
    const value = rocAuc(isPositive, scores.get(label)!)
    return value === null ? [] : { label, value, interval: aucInterval(isPositive, scores.get(label)!) }
  })
}
