import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_PERFORMANCE_LABELS, predictionPart } from '@airlock-ml/contract'
import { readParquetGroup, type Table } from '@airlock-ml/tabular'
import { readBlob } from '../artifacts/blobs.ts'
import type { Deps } from '../deps.ts'
import { type LabelRange, labelsWithin, rangeOfLabels, type StoredLabel } from './label-store.ts'
import { groupsOf, lastIdOf, timeOf } from './part-file.ts'
import { unsealed } from './show.ts'
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
  /** Of the features that were asked for; null where the log keeps none of them. */
  inputs: Readonly<Record<string, number>> | null
}

/** The parts that hold predictions with labels, and these of each; null for one that nobody can read any more. */
export type LabelledRows = {
  parts: readonly IndexedPart[]
  judged: (part: IndexedPart) => AsyncGenerator<Judged | null>
  /** Whether there are more labels than are looked at: the oldest are left out. */
  isCut: boolean
}

type Wanted = {
  deploymentId: string
  fromMs: number
  /** Which inputs are to be known, too. Default: none. */
  features?: readonly string[]
}

/**
 * What a deployment answered since a moment and what it really was, as far as that is known. Read part by part: in memory
 * at once are the labels and the bytes of one part, and one of its row groups.
 */
export async function labelledRows(deps: Deps, { deploymentId, fromMs, features = [] }: Wanted): Promise<LabelledRows> {
  const after = lastIdOf(Math.max(0, fromMs - 1))
  const range = await rangeOfLabels(deps.db, deploymentId, { after, most: MAX_PERFORMANCE_LABELS })
  if (!range) return { parts: [], judged: async function* () {}, isCut: false }
  const { first: from, last: to, isCut } = range
  const parts = await partsWithin(deps.db, deploymentId, {
    ...{ from, to, last: lastIdOf(timeOf(to) + predictionPart.mostSpanMs) },
  })
  return { parts, judged: (part) => judgedIn(deps, part, { from, to, features: new Set(features) }), isCut }
}

type Asked = LabelRange & { features: ReadonlySet<string> }

/** The labelled predictions of a part; null for one that nobody can read any more. */
async function* judgedIn(deps: Deps, part: IndexedPart, asked: Asked): AsyncGenerator<Judged | null> {
  const from = [part.firstId, asked.from].sort()[1]!
  const to = [part.lastId, asked.to].sort()[0]!
  const labels = await labelsWithin(deps.db, part.deploymentId, { from, to })
  const groups = new Set(labels.flatMap(({ predictionId }) => groupsOf(part.layout, predictionId)))
  if (groups.size === 0) return
  const truths = new Map(labels.map((each) => [each.predictionId, each]))
  const bytes = await readBlob(deps, part)
  const keys = new Map<string, string | undefined>()
  const keyOf = async (subject: string) => {
    if (!keys.has(subject))
      keys.set(subject, await findKey(deps.db, { deploymentId: part.deploymentId, subject, partId: part.id }))
    return keys.get(subject)
  }
  for (const group of groups) {
    yield* judgedOf(await readParquetGroup(bytes, group), { truths, keyOf, features: asked.features })
    // Others are served between two groups.
    await nextTurn()
  }
}

type Knowing = Pick<Asked, 'features'> & {
  truths: ReadonlyMap<string, Pick<StoredLabel, 'label' | 'importedBy'>>
  /** That of a subject; undefined where it was erased. */
  keyOf: (subject: string) => Promise<string | undefined>
}

async function* judgedOf(rows: Table, { truths, keyOf, features }: Knowing): AsyncGenerator<Judged | null> {
  const texts = (name: string) => rows.column(name).values as readonly (string | null)[]
  const [ids, roles, digests, labels, sealed, subjects] = [
    ...['id', 'role', 'version_digest', 'label', 'sealed', 'subject'].map(texts),
  ] as [readonly string[], ...(readonly (string | null)[])[]]
  const numbers = rows.column('version_number').values as Float64Array
  const { probabilityPrefix, featurePrefix } = predictionPart
  const probabilities = numbersIn(rows, probabilityPrefix, () => true)
  const inputs = numbersIn(rows, featurePrefix, (name) => features.has(name))
  const same = sharedTexts()
  for (const [at, id] of ids.entries()) {
    const truth = truths.get(id)
    if (!truth) continue
    const subject = subjects![at]
    const isSealed = typeof sealed![at] === 'string' && typeof subject === 'string'
    const key = isSealed ? await keyOf(subject) : null
    const said =
      key === null
        ? { label: labels![at] ?? null, probabilities: probabilities(at), inputs: inputs(at) }
        : key === undefined
          ? null
          : opened(unsealed(sealed![at]!, { key, id }), features)
    if (!said || said.label === null) {
      yield null
      continue
    }
    yield {
      ...{ id, number: numbers[at]!, digest: same(String(digests![at])), role: roles![at] as Judged['role'] },
      ...{ truth: same(truth.label), labelledBy: same(truth.importedBy), label: same(said.label) },
      ...{ probabilities: said.probabilities ?? {}, inputs: said.inputs },
    }
  }
}

type Numbers = Readonly<Record<string, number>>

function opened({ label, probabilities, inputs }: ReturnType<typeof unsealed>, features: ReadonlySet<string>) {
  const wanted = Object.entries(inputs ?? {}).filter(([name]) => features.has(name))
  return { label, probabilities, inputs: wanted.length > 0 ? Object.fromEntries(wanted) : null }
}

/** The numbers of a row in columns of a kind, without what is missing; null where there are none. */
function numbersIn(rows: Table, prefix: string, isWanted: (name: string) => boolean): (at: number) => Numbers | null {
  const columns = rows.columns.flatMap(({ name, kind, values }) => {
    const short = name.slice(prefix.length)
    const isNumber = kind === 'float32' || kind === 'float64' || kind === 'int64'
    return name.startsWith(prefix) && isNumber && isWanted(short) ? [{ name: short, values }] : []
  })
  return (at) => {
    const found: Record<string, number> = {}
    let isAny = false
    for (const { name, values } of columns) {
      const value = values[at]!
      if (Number.isNaN(value)) continue
      found[name] = value
      isAny = true
    }
    return isAny ? found : null
  }
}

/** Each row of a file has texts of its own; few are different. */
function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const first = known.get(text)
    if (first !== undefined) return first
    known.set(text, text)
    return text
  }
}
