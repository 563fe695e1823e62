import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_PERFORMANCE_LABELS, type Performance, type performanceRoutes, predictionPart } from '@airlock-ml/contract'
import { aucInterval, readParquetGroup, rocAuc, type Table, wilsonInterval } from '@airlock-ml/tabular'
import { readBlob } from '../artifacts/blobs.ts'
import { existingDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { latestLabels } from './label-store.ts'
import { lastIdOf, timeOf } from './part-file.ts'
import { saidIn, unsealed } from './show.ts'
import { type IndexedPart, partsWithin } from './store.ts'
import { findKey } from './subject-store.ts'

type Span = Performance['spans'][number]
/** A prediction of which is known what it really was. */
type Judged = Pick<Span, 'number' | 'digest' | 'role'> & {
  id: string
  truth: string
  label: string
  probabilities: Readonly<Record<string, number>>
}

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
  const after = lastIdOf(Math.max(0, fromMs - 1))
  const labels = await latestLabels(deps.db, deploymentId, { after, limit: MAX_PERFORMANCE_LABELS + 1 })
  const isCut = labels.length > MAX_PERFORMANCE_LABELS
  const truths = new Map(labels.slice(0, MAX_PERFORMANCE_LABELS).map((each) => [each.predictionId, each.label]))
  const ids = [...truths.keys()].sort()
  const [first, last] = [ids[0], ids.at(-1)]
  if (first === undefined || last === undefined) return { spans: [], unreadable: 0, isCut }
  const range = { from: first, to: last, last: lastIdOf(timeOf(last) + predictionPart.mostSpanMs) }
  const spans = new Map<string, Judged[]>()
  let unreadable = 0
  for (const part of await partsWithin(deps.db, deploymentId, range)) {
    for await (const judged of judgedIn(deps, part, truths)) {
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

/** The labelled predictions of a part; null for one that nobody can read any more. */
async function* judgedIn(
  deps: Deps,
  part: IndexedPart,
  truths: ReadonlyMap<string, string>,
): AsyncGenerator<Judged | null> {
  const wanted = [...truths.keys()].filter((id) => part.firstId <= id && id <= part.lastId)
  const groups = new Set(wanted.map((id) => part.groupIds.findLastIndex((first) => first <= id)))
  if (groups.size === 0) return
  const bytes = await readBlob(deps, part)
  for (const group of groups) {
    const rows = await readParquetGroup(bytes, group)
    for (const [at, id] of (rows.column('id').values as readonly string[]).entries()) {
      const truth = truths.get(id)
      if (truth !== undefined) yield await judgedRow(deps, part, { row: rows.slice(at, at + 1), id, truth })
    }
    // Others are served between two groups.
    await nextTurn()
  }
}

async function judgedRow(
  { db }: Deps,
  { deploymentId, id: partId }: IndexedPart,
  { row, id, truth }: { row: Table; id: string; truth: string },
): Promise<Judged | null> {
  const cells = row.toRows()[0]!
  const { sealed, subject } = cells
  let said = saidIn(row)
  if (typeof sealed === 'string' && typeof subject === 'string') {
    const key = await findKey(db, { deploymentId, subject, partId })
    if (key === undefined) return null
    said = unsealed(sealed, { key, id })
  }
  const { label, probabilities } = said
  if (label === null) return null
  const role = cells.role as Span['role']
  const version = { number: Number(cells.version_number), digest: String(cells.version_digest) }
  return { id, truth, label, probabilities: probabilities ?? {}, role, ...version }
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
