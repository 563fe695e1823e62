import { rename, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@airlock-ml/contract'
import type { ServiceLog } from '../answer/serving.ts'
import type { Contact } from '../follow/follow-target.ts'
import type { MadePart } from './make-part.ts'
import type { PartMaker } from './part-maker.ts'
import type { Segment } from './segment-files.ts'

export type DeliveryOptions = {
  project: string
  deployment: string
  contact: Contact
  maker: PartMaker
  log: ServiceLog
  /** Whether so much waits that parts have to be made whatever else the machine does. */
  isUrgent: () => boolean
  /** Told of rows that the workspace will never take. */
  onLost: (rows: number, error: unknown) => void
}

/** Turns segments into parts and hands them to the workspace, one after the other, for as long as it takes. */
export type Delivery = {
  add: (segment: Segment) => void
  waitingRows: () => number
  waitingBytes: () => number
  /** Waits at most so long for what is in hand; the rest waits on disk for the next start. */
  close: (ms: number) => Promise<void>
}

const WAITS = 'a part of the prediction log waits for the workspace'
const NOT_MADE = 'a part of the prediction log could not be made yet; it is tried again'
const FIRST_RETRY_MS = 500
const MOST_RETRY_MS = 30_000

export function openDelivery(options: DeliveryOptions): Delivery {
  const { log, onLost, maker } = options
  const waiting: Segment[] = []
  const stopping = new AbortController()
  let working: Promise<void> | null = null

  const deliver = async () => {
    let retryMs = FIRST_RETRY_MS
    let made: MadePart | null = null
    while (waiting[0] && !stopping.signal.aborted) {
      const segment = waiting[0]
      try {
        made ??= await maker.make(segment.path, { isUrgent: options.isUrgent() })
        if (made.tornBytes > 0)
          log.warn({ segment: segment.id, tornBytes: made.tornBytes }, 'a record of the prediction log was cut off')
        if (made.part) await hand(options, segment, made.part)
        await unlink(segment.path)
      } catch (error) {
        if (!isFinal(error)) {
          log.warn({ error, segment: segment.id }, made ? WAITS : NOT_MADE)
          await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => {})
          retryMs = Math.min(retryMs * 2, MOST_RETRY_MS)
          continue
        }
        onLost(segment.rows, error)
        await rename(segment.path, `${segment.path}.refused`).catch(() => {})
      }
      made = null
      retryMs = FIRST_RETRY_MS
      waiting.shift()
    }
  }
  const work = () => {
    working ??= deliver().finally(() => {
      working = null
      if (waiting.length > 0 && !stopping.signal.aborted) work()
    })
  }
  const sum = (of: 'rows' | 'sizeBytes') => waiting.reduce((total, each) => total + each[of], 0)
  return {
    add: (segment) => {
      waiting.push(segment)
      work()
    },
    waitingRows: () => sum('rows'),
    waitingBytes: () => sum('sizeBytes'),
    close: async (ms) => {
      const patience = new AbortController()
      const late = sleep(ms, undefined, { signal: patience.signal }).catch(() => {})
      while (working && waiting.length > 0)
        if (await Promise.race([working.then(() => false), late.then(() => true)])) break
      patience.abort()
      stopping.abort()
      await maker.close()
      await working
    },
  }
}

async function hand(
  { project, deployment, contact }: DeliveryOptions,
  { id }: Segment,
  { bytes, digest, subjects }: NonNullable<MadePart['part']>,
): Promise<void> {
  await contact(async (client) => {
    await client.putBlob({ project, sha256: digest, body: bytes })
    await client.registerPredictionPart({ project, deployment, body: { id, digest, subjects } })
  }).catch((error: unknown) => {
    // It was registered before a kill: keys and nonces are random, so that it has other bytes each time it is made.
    if (error instanceof PlatformError && error.code === 'prediction_part_differs') return
    throw error
  })
}

const isFinal = (error: unknown): boolean => error instanceof PlatformError && error.code === 'prediction_part_invalid'
