import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import { OnnxError } from '@airlock-ml/tabular'
import type { AnsweredBatch, Observer } from './answered-batch.ts'
import type { Answers, LoadedVersion } from './loaded-version.ts'
import { rowReader } from './read-row.ts'

/** Rows of one request that are answered together. */
export type Asked = {
  rows: readonly Readonly<Record<string, unknown>>[]
  key: string | null
  subject: string | null
  receivedAtMs: number
  /** `performance.now()` when it was read whole. */
  receivedAt: number
}

/** What one request is answered with. */
export type Answered = { ids: readonly string[]; answers: readonly object[]; version: LoadedVersion['version'] }

/** Collects what is asked in one turn of the event loop and has it answered at once. */
export type Batcher = {
  readonly loaded: LoadedVersion
  /** Rejects with `row_invalid`, `answer_failed`, `answer_too_slow`, `prediction_not_recorded`. */
  ask: (asked: Asked) => Promise<Answered>
  /** Rows that are not answered yet. */
  waitingRows: () => number
  /** Resolves when all that was asked is answered. */
  drained: () => Promise<void>
}

export type BatcherOptions = {
  role: AnsweredBatch['role']
  observers: readonly Observer[]
  newId: () => string
  /** The longest that rows may be in hand. */
  answerMs: () => number
  onFault: (error: unknown, fault: Fault) => void
}

/** Rows that a version failed to answer, for a fault of ours. */
export type Fault = {
  role: AnsweredBatch['role']
  /** Number of the version. */
  number: number
  rows: number
  /** Under which their callers are told of it; they have ids of their own where it took too long. */
  requestId?: string
}

type Waiting = { asked: Asked; from: number; resolve: (answered: Answered) => void; reject: (error: unknown) => void }

/** What was asked in one turn of the loop, or a part of it: whole requests that lie one after the other. */
type Part = { waiting: readonly Waiting[]; features: Float32Array; rows: number }

const FIRST_ROWS = 64

/** One onnxruntime call for all that came in together: asked one by one, a row costs four times as much. */
export function openBatcher(loaded: LoadedVersion, options: BatcherOptions): Batcher {
  const width = loaded.featureNames.length
  const read = rowReader(loaded.featureNames)
  let features = new Float32Array(FIRST_ROWS * width)
  let waiting: Waiting[] = []
  let rows = 0
  let inHand = 0
  const open = new Set<Promise<void>>()
  const answering: Answering = { loaded, ...options }

  const flush = async () => {
    const part = { waiting, rows, features: features.subarray(0, rows * width) }
    waiting = []
    rows = 0
    features = new Float32Array(Math.max(FIRST_ROWS, part.rows) * width)
    await answerPart(part, answering, performance.now() + options.answerMs())
    inHand -= part.rows
  }
  const flushSoon = () => {
    const flushed = new Promise<void>((resolve) => {
      setImmediate(() => void flush().then(resolve))
    })
    open.add(flushed)
    void flushed.then(() => open.delete(flushed))
  }
  return {
    loaded,
    ask: (asked) => {
      const from = rows
      const needed = (from + asked.rows.length) * width
      if (needed > features.length) features = grown(features, needed)
      for (let at = 0; at < asked.rows.length; at++) {
        const fields = read(asked.rows[at]!, features, (from + at) * width)
        if (fields) return Promise.reject(rowInvalid(fields, { at, of: asked.rows.length }))
      }
      const isFirst = waiting.length === 0
      rows += asked.rows.length
      inHand += asked.rows.length
      return new Promise<Answered>((resolve, reject) => {
        waiting.push({ asked, from, resolve, reject })
        if (isFirst) flushSoon()
      })
    },
    waitingRows: () => inHand,
    drained: async () => {
      while (open.size > 0) await Promise.all(open)
    },
  }
}

function grown(features: Float32Array<ArrayBuffer>, needed: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(needed, features.length * 2))
  larger.set(features)
  return larger
}

type Answering = BatcherOptions & { loaded: LoadedVersion }

/**
 * Answers each request of a part. When the model or a step fails on them together, each half is tried by itself, so that
 * only the requests fail that fail alone; when it takes too long, there is no time left for that.
 */
async function answerPart(part: Part, answering: Answering, until: number): Promise<unknown> {
  const { loaded, newId } = answering
  const { waiting, rows, features } = part
  let said: Answers
  try {
    said = await loaded.answer(features, rows, Math.max(1, until - performance.now()))
  } catch (error) {
    if (waiting.length === 1 || isLate(error)) {
      const failed = answerFailed(error, { rows, ...answering })
      for (const { reject } of waiting) reject(failed)
      return
    }
    const middle = waiting.length >> 1
    await answerPart(partOf(part, 0, middle), answering, until)
    return await answerPart(partOf(part, middle, waiting.length), answering, until)
  }
  const ids: string[] = []
  for (let row = 0; row < rows; row++) ids.push(newId())
  try {
    const recorded = tell(answering, { said, ids, ...part })
    if (recorded) await recorded
  } catch (error) {
    const failed = isPlatformError(error) ? error : answerFailed(error, { rows, ...answering })
    for (const { reject } of waiting) reject(failed)
    return
  }
  const { version } = loaded
  const start = waiting[0]!.from
  for (const { asked, from, resolve } of waiting) {
    const at = from - start
    const to = at + asked.rows.length
    resolve({ ids: ids.slice(at, to), answers: said.answers.slice(at, to), version })
  }
}

function partOf({ waiting, features, rows }: Part, from: number, to: number): Part {
  const width = features.length / rows
  const start = waiting[0]!.from
  const firstRow = waiting[from]!.from - start
  const endRow = to === waiting.length ? rows : waiting[to]!.from - start
  return {
    waiting: waiting.slice(from, to),
    rows: endRow - firstRow,
    features: features.subarray(firstRow * width, endRow * width),
  }
}

const isLate = (error: unknown): error is PlatformError => isPlatformError(error) && error.code === 'answer_too_slow'

/** What the caller hears of a failure: which row the model cannot answer, or where to look in the log. */
function answerFailed(error: unknown, failure: Answering & { rows: number }): PlatformError {
  const { rows, newId, onFault, observers, role, loaded } = failure
  for (const observer of observers) observer.failed?.({ role, version: loaded.version, rows })
  if (error instanceof OnnxError && error.row !== undefined) {
    const where = rows > 1 ? `row ${error.row + 1} of ${rows}` : 'the row'
    const message = `The model has no answer for ${where}: a value lies too far from those it was trained on.`
    return new PlatformError('row_invalid', message, { row: error.row, fields: [], problems: 0 })
  }
  const fault = { role, number: loaded.version.number, rows }
  if (isLate(error)) {
    onFault(error, fault)
    return error
  }
  const requestId = newId()
  onFault(error, { ...fault, requestId })
  return new PlatformError('answer_failed', 'The rows could not be answered.', { requestId })
}

/** At most this many are named; the rest are counted. */
const MOST_NAMED = 40

function rowInvalid(
  problems: readonly { field: string; problem: string }[],
  { at, of }: { at: number; of: number },
): PlatformError {
  const shown = problems.slice(0, MOST_NAMED).map(({ field, problem }) => ({ field: field.slice(0, 200), problem }))
  const said = shown.slice(0, 5).map(({ field, problem }) => `${JSON.stringify(field)} is ${problem}`)
  const more = problems.length > said.length ? ` and ${problems.length - said.length} more` : ''
  const where = of > 1 ? `Row ${at + 1} of ${of}` : 'The row'
  return new PlatformError('row_invalid', `${where} was not taken: ${said.join(', ')}${more}.`, {
    row: at,
    fields: shown,
    problems: problems.length,
  })
}

/** A promise only where an observer asks to be waited for. */
function tell(
  { observers, role, loaded }: Answering,
  { said, ids, waiting, rows, features }: Part & { said: Answers; ids: readonly string[] },
): Promise<unknown> | null {
  if (observers.length === 0) return null
  const now = performance.now()
  const batch = {
    ...{ role, version: loaded.version, rows, ids, features },
    ...{ keys: [] as (string | null)[], subjects: [] as (string | null)[] },
    ...{ receivedAtMs: [] as number[], latencyUs: [] as number[] },
    featureNames: loaded.featureNames,
    labels: said.labels,
    classLabels: loaded.classLabels,
    probabilities: said.probabilities,
  }
  for (const { asked } of waiting) {
    const { rows, key, subject, receivedAtMs, receivedAt } = asked
    for (let row = 0; row < rows.length; row++) {
      batch.keys.push(key)
      batch.subjects.push(subject)
      batch.receivedAtMs.push(receivedAtMs)
      batch.latencyUs.push(Math.round((now - receivedAt) * 1_000))
    }
  }
  const promises = observers.flatMap((observer) => observer.observe(batch) ?? [])
  return promises.length === 0 ? null : Promise.all(promises)
}
