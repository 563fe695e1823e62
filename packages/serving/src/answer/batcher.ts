import { PlatformError } from '@airlock-ml/contract'
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
  /** Rejects with `row_invalid`, `answer_failed`, `prediction_not_recorded`. */
  ask: (asked: Asked) => Promise<Answered>
  /** Rows that are not answered yet. */
  waitingRows: () => number
  /** Answers what was asked, then lets go of the version. */
  close: () => Promise<void>
}

export type BatcherOptions = {
  role: AnsweredBatch['role']
  observers: readonly Observer[]
  newId: () => string
  /** Told of faults of ours, once for each batch. */
  onFault: (error: unknown) => void
}

type Waiting = Asked & { from: number; resolve: (answered: Answered) => void; reject: (error: unknown) => void }

const FIRST_ROWS = 64

/** One onnxruntime call for all that came in together: asked one by one, a row costs four times as much. */
export function openBatcher(loaded: LoadedVersion, { role, observers, newId, onFault }: BatcherOptions): Batcher {
  const width = loaded.featureNames.length
  const read = rowReader(loaded.featureNames)
  let features = new Float32Array(FIRST_ROWS * width)
  let waiting: Waiting[] = []
  let rows = 0
  let inHand = 0
  const open = new Set<Promise<void>>()

  const flush = async () => {
    const batch = { waiting, rows, features }
    waiting = []
    rows = 0
    features = new Float32Array(Math.max(FIRST_ROWS, batch.rows) * width)
    try {
      const said = await loaded.answer(batch.features, batch.rows)
      const ids = Array.from({ length: batch.rows }, newId)
      await tell(observers, { role, loaded, said, ids, ...batch })
      for (const { from, rows, resolve } of batch.waiting) {
        const to = from + rows.length
        resolve({ ids: ids.slice(from, to), answers: said.answers.slice(from, to), version: loaded.version })
      }
    } catch (error) {
      onFault(error)
      const failed =
        error instanceof PlatformError ? error : new PlatformError('answer_failed', 'The rows could not be answered.')
      for (const { reject } of batch.waiting) reject(failed)
    } finally {
      inHand -= batch.rows
    }
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
      for (const [at, row] of asked.rows.entries()) {
        const fields = read(row, features, (from + at) * width)
        if (fields) return Promise.reject(rowInvalid(fields, { at, of: asked.rows.length }))
      }
      const isFirst = waiting.length === 0
      rows += asked.rows.length
      inHand += asked.rows.length
      return new Promise<Answered>((resolve, reject) => {
        waiting.push({ ...asked, from, resolve, reject })
        if (isFirst) flushSoon()
      })
    },
    waitingRows: () => inHand,
    close: async () => {
      while (open.size > 0) await Promise.all(open)
      await loaded.close()
    },
  }
}

function grown(features: Float32Array<ArrayBuffer>, needed: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(needed, features.length * 2))
  larger.set(features)
  return larger
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

type Told = {
  role: AnsweredBatch['role']
  loaded: LoadedVersion
  said: Answers
  ids: readonly string[]
  waiting: readonly Waiting[]
  rows: number
  features: Float32Array
}

/** Waits only where an observer asks for it. */
async function tell(observers: readonly Observer[], told: Told): Promise<void> {
  if (observers.length === 0) return
  const { loaded, said, waiting, rows, features } = told
  const now = performance.now()
  const eachRow = <T>(of: (asked: Asked) => T): T[] =>
    waiting.flatMap((asked) => (asked.rows.length === 1 ? of(asked) : asked.rows.map(() => of(asked))))
  const batch: AnsweredBatch = {
    ...{ role: told.role, version: loaded.version, rows, ids: told.ids },
    keys: eachRow(({ key }) => key),
    subjects: eachRow(({ subject }) => subject),
    receivedAtMs: eachRow(({ receivedAtMs }) => receivedAtMs),
    latencyUs: eachRow(({ receivedAt }) => Math.round((now - receivedAt) * 1_000)),
    features: features.subarray(0, rows * loaded.featureNames.length),
    featureNames: loaded.featureNames,
    labels: said.labels,
    classLabels: loaded.classLabels,
    probabilities: said.probabilities,
  }
  const promises = observers.flatMap((observer) => observer.observe(batch) ?? [])
  if (promises.length > 0) await Promise.all(promises)
}
