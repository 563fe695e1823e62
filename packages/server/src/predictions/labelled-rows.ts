import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_PERFORMANCE_LABELS, predictionPart } from '@airlock-ml/contract'
import { readParquetGroup, type Table } from '@airlock-ml/tabular'
import { readBlob } from '../artifacts/blobs.ts'
import type { Deps } from '../deps.ts'
import { latestLabels, type StoredLabel } from './label-store.ts'
import { groupsOf, lastIdOf, timeOf } from './part-file.ts'
import { saidIn, unsealed } from './show.ts'
import { type IndexedPart, partsWithin } from './store.ts'
import { findKey } from './subject-store.ts'

/** A prediction of which is known what it really was. */
export type Judged = {
  id: string
  number: number
  digest: string
  role: 'champion' | 'canary' | 'shadow'
  truth: string
  /** Who imported that. */
  labelledBy: string
  label: string
  probabilities: Readonly<Record<string, number>>
  /** Null where the log keeps none. */
  inputs: Readonly<Record<string, number>> | null
}

type Truth = Pick<StoredLabel, 'label' | 'importedBy'>

/** The parts that hold predictions with labels, and these of each; null for one that nobody can read any more. */
export type LabelledRows = {
  parts: readonly IndexedPart[]
  judged: (part: IndexedPart) => AsyncGenerator<Judged | null>
  /** Whether there are more labels than are looked at: the oldest are left out. */
  isCut: boolean
}

/** What a deployment answered since a moment and what it really was, as far as that is known. */
export async function labelledRows(
  deps: Deps,
  { deploymentId, fromMs }: { deploymentId: string; fromMs: number },
): Promise<LabelledRows> {
  const after = lastIdOf(Math.max(0, fromMs - 1))
  const labels = await latestLabels(deps.db, deploymentId, { after, limit: MAX_PERFORMANCE_LABELS + 1 })
  const isCut = labels.length > MAX_PERFORMANCE_LABELS
  const truths = new Map(labels.slice(0, MAX_PERFORMANCE_LABELS).map((each) => [each.predictionId, each]))
  const ids = [...truths.keys()].sort()
  const [first, last] = [ids[0], ids.at(-1)]
  const judged = (part: IndexedPart) => judgedIn(deps, part, truths)
  if (first === undefined || last === undefined) return { parts: [], judged, isCut }
  const range = { from: first, to: last, last: lastIdOf(timeOf(last) + predictionPart.mostSpanMs) }
  return { parts: await partsWithin(deps.db, deploymentId, range), judged, isCut }
}

/** The labelled predictions of a part; null for one that nobody can read any more. */
async function* judgedIn(
  deps: Deps,
  part: IndexedPart,
  truths: ReadonlyMap<string, Truth>,
): AsyncGenerator<Judged | null> {
  const wanted = [...truths.keys()].filter((id) => part.firstId <= id && id <= part.lastId)
  const groups = new Set(wanted.flatMap((id) => groupsOf(part.layout, id)))
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
  { row, id, truth }: { row: Table; id: string; truth: Truth },
): Promise<Judged | null> {
  const cells = row.toRows()[0]!
  const { sealed, subject } = cells
  let said = saidIn(row)
  if (typeof sealed === 'string' && typeof subject === 'string') {
    const key = await findKey(db, { deploymentId, subject, partId })
    if (key === undefined) return null
    said = unsealed(sealed, { key, id })
  }
  const { label, probabilities, inputs } = said
  if (label === null) return null
  const role = cells.role as Judged['role']
  const version = { number: Number(cells.version_number), digest: String(cells.version_digest) }
  return {
    id,
    truth: truth.label,
    labelledBy: truth.importedBy,
    label,
    probabilities: probabilities ?? {},
    inputs,
    role,
    ...version,
  }
}
