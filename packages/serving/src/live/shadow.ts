import type { ServedVersion } from '@airlock-ml/contract'
import type { AnsweredBatch, Observer } from '../answer/answered-batch.ts'
import type { ServiceLog } from '../answer/serving.ts'
import {
  type ServedCode,
  type ShadowAnswers,
  type ShadowLimits,
  type ShadowProcess,
  startShadowProcess,
} from './shadow-process.ts'
import { openWaitingRows, type Taken } from './waiting-rows.ts'

export type ShadowOptions = {
  code: ServedCode
  /** Told of what the challenger answered, under the ids of the champion's predictions. */
  observers: readonly Observer[]
  log: ServiceLog
  limits?: Partial<ShadowLimits & { waitingRows: number }>
}

/** A challenger that is asked what the champion answers, and heard by nobody but those who watch. */
export type Shadow = Observer & {
  /** Asks this one from now on, by its bytes; nobody with `null`. One that is asked already goes on. */
  set: (challenger: { version: ServedVersion; artifacts: Readonly<Record<string, Uint8Array>> } | null) => void
  state: () => ShadowState
  close: () => Promise<void>
}

export type ShadowState = {
  number: number | null
  /** Since the service started, of all that were asked: rows answered; rows it had no answer for; rows it was not asked. */
  counts: { answered: number; failed: number; dropped: number; unrecorded: number }
  /** Why it is not asked any more, though it was set. */
  fault: string | null
}

const WAITING_ROWS = 20_000
/** Rows of one question: short enough that each is answered in time also where the processor is wanted elsewhere. */
const ROWS_AT_ONCE = 1_024
/** After so many questions without one answer it is ended. */
const MOST_FAILED_IN_A_ROW = 3
const LIMITS: ShadowLimits = { loadMs: 60_000, answerMs: 10_000, memoryBytes: 1024 ** 3 }

/**
 * Answers the champion's requests again with a challenger, in a process of its own. The champion never waits for it: rows
 * are copied, wait in a bounded place, and are counted where they find no room. A challenger that throws, hangs or grows
 * is ended, which is logged and told, and is not asked again until it is set anew.
 */
export function openShadow({ code, observers, log, limits = {} }: ShadowOptions): Shadow {
  const { waitingRows = WAITING_ROWS, ...own } = limits
  const counts = { answered: 0, failed: 0, dropped: 0, unrecorded: 0 }
  let one: One | null = null
  const ended = new Set<Promise<void>>()

  const stop = () => {
    if (!one?.process) return
    counts.dropped += one.waiting.rows() + (one.asked?.rows ?? 0)
    const end = one.process.end()
    ended.add(end)
    void end.finally(() => ended.delete(end))
  }
  const start = (version: ServedVersion, artifacts: Readonly<Record<string, Uint8Array>>): One => {
    const made: One = {
      version,
      ...{ waiting: openWaitingRows(waitingRows), asked: null, names: null, fault: null, failedInARow: 0 },
      ...{ process: null },
    }
    const fail = (why: string) => {
      if (made.fault !== null) return
      made.fault = `The challenger ${version.model} ${version.number} is not asked any more: ${why}`
      counts.dropped += made.waiting.rows() + (made.asked?.rows ?? 0)
      made.waiting.clear()
      made.asked = null
      log.error({ number: version.number }, made.fault)
    }
    made.process = startShadowProcess(
      { code, version, artifacts },
      { ...LIMITS, ...own },
      {
        onReady: (names) => {
          made.names = names
          askNext(made)
        },
        onAnswer: (answers) => {
          const { asked } = made
          if (one !== made || !asked) return
          made.asked = null
          const failed = answers.labels.filter((label) => label < 0).length
          counts.failed += failed
          counts.answered += asked.rows - failed
          made.failedInARow = failed === asked.rows ? made.failedInARow + 1 : 0
          if (failed > 0)
            for (const observer of observers) observer.failed?.({ role: 'shadow', version: made.version, rows: failed })
          if (failed > 0) log.warn({ rows: failed, why: answers.why }, 'the challenger has no answer for some rows')
          tell(made, { asked, answers })
          if (made.failedInARow >= MOST_FAILED_IN_A_ROW) {
            void made.process?.end()
            return fail(`it failed ${MOST_FAILED_IN_A_ROW} times in a row: ${answers.why}`)
          }
          askNext(made)
        },
        onFault: fail,
      },
    )
    return made
  }
  const tell = (made: One, answered: { asked: Taken; answers: ShadowAnswers }) => {
    const batch = batchOf(made, answered)
    if (!batch) return
    for (const observer of observers) {
      try {
        observer.observe(batch)?.catch(() => {
          counts.unrecorded += batch.rows
        })
      } catch (error) {
        counts.unrecorded += batch.rows
        log.error({ error }, 'an answer of the challenger could not be recorded')
      }
    }
  }
  return {
    set: (challenger) => {
      if (challenger && one?.version.id === challenger.version.id && one.fault === null) return
      if (one?.fault === null) stop()
      one = challenger && start(challenger.version, challenger.artifacts)
    },
    observe: (batch) => {
      if (!one || batch.role !== 'champion') return
      if (one.fault !== null || !one.waiting.add(batch)) counts.dropped += batch.rows
      else askNext(one)
    },
    state: () => ({ number: one?.version.number ?? null, counts: { ...counts }, fault: one?.fault ?? null }),
    close: async () => {
      if (one?.fault === null) stop()
      one = null
      await Promise.all(ended)
    },
  }
}

type One = {
  version: ServedVersion
  waiting: ReturnType<typeof openWaitingRows>
  /** What it is being asked. */
  asked: Taken | null
  /** `null` until it is loaded. */
  names: { featureNames: readonly string[]; classLabels: readonly string[] } | null
  fault: string | null
  failedInARow: number
  process: ShadowProcess | null
}

/** Asks about what waits, all at once: one message for many requests. */
function askNext(one: One): void {
  if (!one.names || one.asked || one.fault !== null) return
  const next = one.waiting.take(ROWS_AT_ONCE)
  if (!next) return
  const { features, rows, featureNames } = next
  one.asked = next
  one.process?.ask({ features, rows, featureNames })
}

/** What was answered, without the rows that failed; `null` when all did. */
function batchOf(
  { version, names }: One,
  { asked, answers }: { asked: Taken; answers: ShadowAnswers },
): AnsweredBatch | null {
  const { classLabels } = names!
  const now = performance.now()
  const all: AnsweredBatch = {
    ...{ role: 'shadow' as const, version, rows: asked.rows, classLabels, features: asked.features },
    ...{ ids: asked.ids, keys: asked.keys, subjects: asked.subjects, receivedAtMs: asked.receivedAtMs },
    latencyUs: asked.receivedAt.map((at) => Math.round((now - at) * 1_000)),
    featureNames: asked.featureNames,
    labels: Array.from(answers.labels, (label) => classLabels[label] ?? ''),
    probabilities: answers.probabilities,
  }
  const kept = [...answers.labels.keys()].filter((row) => answers.labels[row]! >= 0)
  return kept.length === asked.rows ? all : kept.length === 0 ? null : rowsOf(all, kept)
}

function rowsOf(batch: AnsweredBatch, rows: readonly number[]): AnsweredBatch {
  const pick = <T>(values: readonly T[]) => rows.map((row) => values[row]!)
  const pickRows = (values: Float32Array, width: number) => {
    const picked = new Float32Array(rows.length * width)
    for (const [at, row] of rows.entries()) picked.set(values.subarray(row * width, (row + 1) * width), at * width)
    return picked
  }
  return {
    ...batch,
    rows: rows.length,
    ...{ ids: pick(batch.ids), keys: pick(batch.keys), subjects: pick(batch.subjects), labels: pick(batch.labels) },
    ...{ receivedAtMs: pick(batch.receivedAtMs), latencyUs: pick(batch.latencyUs) },
    features: pickRows(batch.features, batch.featureNames.length),
    probabilities: pickRows(batch.probabilities, batch.classLabels.length),
  }
}
