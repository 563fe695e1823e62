import type { DeploymentSettings, ServiceReport } from '@airlock-ml/contract'
import { V7Generator } from 'uuidv7'
import type { AnsweredBatch, Observer } from '../answer/answered-batch.ts'
import type { ServiceLog } from '../answer/serving.ts'
import type { Contact } from '../follow/follow-target.ts'
import { openDelivery } from './deliver-parts.ts'
import { openPartMaker } from './part-maker.ts'
import { findSegments } from './segment-files.ts'
import { batchFrame, type Definition, definitionFrame } from './segment-format.ts'
import { type Entry, openWriteAhead } from './write-ahead.ts'

export type PredictionLogOptions = {
  /** A private folder of this process alone. What an earlier one left in it is delivered first. */
  dir: string
  project: string
  deployment: string
  /** How to record, asked for each batch. */
  settings: () => DeploymentSettings['log']
  /** The 32 bytes under which inputs and subjects are hashed. */
  inputsKey: Uint8Array
  contact: Contact
  log: ServiceLog
  /** Names parts. Default: a UUIDv7. */
  newId?: () => string
  /** The most bytes that wait here while the workspace is away. Default 1 GiB: about four million rows of 30 features. */
  budgetBytes?: number
  /** Folders of processes that are no more, whose segments are delivered from here. */
  leftBehind?: readonly string[]
}

export type PredictionLog = Pick<Observer, 'observe'> & {
  counts: () => Pick<ServiceReport['counts'], 'logged' | 'logWaiting' | 'logLost'>
  /** Writes what is in hand, and tries so long to hand it to the workspace. Default 5 s. */
  close: (ms?: number) => Promise<void>
}

const BUDGET_BYTES = 1024 ** 3
/** A fault that lasts is not told of for each batch. */
const TELL_EVERY_MS = 10_000

/**
 * Records each prediction: to a file before the answer goes out where the deployment asks for a durable record, soon
 * after otherwise. The file becomes a Parquet part in a process of its own, which is stored and registered in the
 * workspace. What is not recorded is counted.
 */
export async function openPredictionLog(options: PredictionLogOptions): Promise<PredictionLog> {
  const { dir, settings, inputsKey, log, budgetBytes = BUDGET_BYTES } = options
  const { newId = freshIds() } = options
  let logged = 0
  let lost = 0
  let toldAt = Number.NEGATIVE_INFINITY
  const onLost = (rows: number, error: unknown) => {
    lost += rows
    if (performance.now() - toldAt < TELL_EVERY_MS) return
    toldAt = performance.now()
    log.error({ error, rows, lost }, 'predictions could not be recorded')
  }
  const found = (await Promise.all([dir, ...(options.leftBehind ?? [])].map(findSegments))).flat()
  const isUrgent = () => delivery.waitingBytes() > budgetBytes / 4
  const delivery = openDelivery({ ...options, maker: openPartMaker(inputsKey), isUrgent, onLost })
  const ahead = openWriteAhead({
    ...{ dir, newId, budgetBytes, onLost },
    limits: settings,
    waitingBytes: delivery.waitingBytes,
    onSealed: delivery.add,
    onWritten: (rows) => {
      logged += rows
    },
  })
  for (const segment of found) delivery.add(segment)
  if (found.length > 0) log.info({ segments: found.length }, 'the prediction log goes on with what was left')

  const define = definer()
  return {
    observe: (batch) => {
      const { inputs, durable } = settings()
      const { index, ...defined } = define(batch)
      const entry: Entry = {
        ...defined,
        frame: batchFrame(batch, { index, inputs, inputsKey }),
        rows: batch.rows,
        subjects: changesOf(batch.subjects),
      }
      if (durable) return ahead.addDurably(entry)
      ahead.add(entry)
    },
    counts: () => ({ logged, logWaiting: ahead.heldRows() + delivery.waitingRows(), logLost: lost }),
    close: async (ms = 5_000) => {
      await ahead.close()
      await delivery.close(ms)
    },
  }
}

function freshIds(): () => string {
  const ids = new V7Generator()
  return () => ids.generate().toString()
}

/** Numbers versions, each with its feature names, so that a segment says them once. */
function definer(): (batch: AnsweredBatch) => { index: number; definition: Definition; definitionFrame: Buffer } {
  const known = new Map<string, { index: number; definition: Definition; definitionFrame: Buffer }>()
  return ({ version, featureNames, classLabels }) => {
    const found = known.get(version.id)
    if (found) return found
    const definition = { number: version.number, digest: version.digest, featureNames, classLabels }
    const made = { index: known.size, definition, definitionFrame: definitionFrame(known.size, definition) }
    known.set(version.id, made)
    return made
  }
}

/** At most how many subjects stand there: rows of one request have one. */
const changesOf = (subjects: readonly (string | null)[]): number =>
  subjects.filter((subject, at) => subject !== null && subject !== subjects[at - 1]).length
