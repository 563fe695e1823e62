import type { FileHandle } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { createSegment, type Segment } from './segment-files.ts'
import type { Definition } from './segment-format.ts'

/** A batch that is to be written, and what it needs to be said before it in its segment. */
export type Entry = {
  frame: Buffer
  definition: Definition
  definitionFrame: Buffer
  rows: number
  /** How many subjects it names, at most. */
  subjects: number
}

export type WriteAheadOptions = {
  dir: string
  newId: () => string
  /** How large a segment may become, asked each time. */
  limits: () => { partRows: number; partSeconds: number }
  /** The most bytes that may wait here, in memory and on disk. */
  budgetBytes: number
  /** Bytes of the segments that wait to become parts. */
  waitingBytes: () => number
  onSealed: (segment: Segment) => void
  /** Told of rows that are lost, and why. */
  onLost: (rows: number, error: unknown) => void
  onWritten: (rows: number) => void
}

/** Writes batches to segments, many in one write. */
export type WriteAhead = {
  /** Writes soon; what cannot be written is lost, and counted. */
  add: (entry: Entry) => void
  /** Resolves when it is on disk. Rejects with `prediction_not_recorded`. */
  addDurably: (entry: Entry) => Promise<void>
  /** Bytes that are in hand or in a segment that is open or being sealed. */
  heldBytes: () => number
  heldRows: () => number
  /** Writes what is in hand and seals the segment. */
  close: () => Promise<void>
}

const FLUSH_MS = 20
/** In memory: a disk that is slower than the requests for longer is not waited for. */
const MOST_PENDING_BYTES = 32 * 1024 * 1024
/** A segment is read whole when it becomes a part. */
const MOST_SEGMENT_BYTES = 64 * 1024 * 1024
const MOST_SUBJECTS = 30_000

type Pending = Entry & { settle: { resolve: () => void; reject: (error: unknown) => void } | null }
type Open = {
  id: string
  file: FileHandle
  path: string
  sizeBytes: number
  rows: number
  subjects: number
  openedAt: number
  defined: Set<Definition>
}

export function openWriteAhead(options: WriteAheadOptions): WriteAhead {
  const { budgetBytes, onLost, onWritten } = options
  let pending: Pending[] = []
  let pendingBytes = 0
  let pendingRows = 0
  let segment: Open | null = null
  let sealing: Open | null = null
  let draining: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let sealTimer: NodeJS.Timeout | null = null

  const seal = async () => {
    const sealed = segment
    if (!sealed) return
    segment = null
    sealing = sealed
    if (sealTimer) clearTimeout(sealTimer)
    sealTimer = null
    // What is in it was acknowledged as far as it had to be; a fault here is one of the disk, and the file is read back.
    await sealed.file.datasync().catch(() => {})
    await sealed.file.close().catch(() => {})
    const { id, path, rows, sizeBytes } = sealed
    sealing = null
    options.onSealed({ id, path, rows, sizeBytes })
  }

  const isDue = (open: Open): boolean => {
    const { partRows, partSeconds } = options.limits()
    const isOld = performance.now() - open.openedAt >= partSeconds * 1_000
    return (
      open.rows > 0 &&
      (isOld || open.rows >= partRows || open.subjects >= MOST_SUBJECTS || open.sizeBytes >= MOST_SEGMENT_BYTES)
    )
  }

  /** Seals a segment that no other batch comes to. */
  const sealLater = () => {
    if (sealTimer || !segment) return
    const ageMs = performance.now() - segment.openedAt
    const afterMs = Math.max(0, options.limits().partSeconds * 1_000 - ageMs) + 1
    sealTimer = setTimeout(() => {
      sealTimer = null
      void drain().then(sealLater)
    }, afterMs).unref()
  }

  const opened = async (): Promise<Open> => {
    if (segment) return segment
    const id = options.newId()
    const { file, path } = await createSegment(options.dir, id)
    const openedAt = performance.now()
    segment = { id, file, path, sizeBytes: 0, rows: 0, subjects: 0, openedAt, defined: new Set() }
    return segment
  }

  const writeGroup = async (group: readonly Pending[]) => {
    const open = await opened()
    const fresh = new Set(group.map(({ definition }) => definition).filter((each) => !open.defined.has(each)))
    const said = new Set<Definition>()
    const frames = group.flatMap(({ definition, definitionFrame, frame }) => {
      if (!fresh.has(definition) || said.has(definition)) return [frame]
      said.add(definition)
      return [definitionFrame, frame]
    })
    try {
      const bytes = Buffer.concat(frames)
      await writeAll(open.file, bytes, open.sizeBytes)
      if (group.some(({ settle }) => settle !== null)) await open.file.datasync()
      open.sizeBytes += bytes.length
    } catch (error) {
      await takeBack(open)
      throw error
    }
    for (const each of fresh) open.defined.add(each)
    for (const { rows, subjects } of group) {
      open.rows += rows
      open.subjects += subjects
    }
    sealLater()
  }

  /** What was written in part is no record: whoever waited for it hears that it is none. */
  const takeBack = async (open: Open) => {
    try {
      await open.file.truncate(open.sizeBytes)
    } catch {
      if (open.rows > 0) await seal()
      else {
        segment = null
        await open.file.close().catch(() => {})
      }
    }
  }

  const drain = (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    draining ??= (async () => {
      while (pending.length > 0 || (segment && isDue(segment))) {
        const group = pending
        const bytes = pendingBytes
        const rows = pendingRows
        pending = []
        try {
          if (group.length > 0) await writeGroup(group)
          onWritten(rows)
          for (const { settle } of group) settle?.resolve()
        } catch (error) {
          onLost(
            group.reduce((sum, each) => sum + (each.settle ? 0 : each.rows), 0),
            error,
          )
          for (const { settle } of group) settle?.reject(notRecorded(`${(error as Error).message}.`, error))
        }
        pendingBytes -= bytes
        pendingRows -= rows
        if (segment && isDue(segment)) await seal()
      }
    })().finally(() => {
      draining = null
      if (pending.length > 0) void drain()
    })
    return draining
  }

  const heldBytes = () => pendingBytes + (segment?.sizeBytes ?? 0) + (sealing?.sizeBytes ?? 0)
  const whyNot = (size: number): string | null => {
    if (pendingBytes + size > MOST_PENDING_BYTES) return 'The disk does not keep up with the requests.'
    if (heldBytes() + options.waitingBytes() + size > budgetBytes)
      return `${budgetBytes} bytes of the prediction log wait for the workspace already.`
    return null
  }
  const push = (entry: Entry, settle: Pending['settle']) => {
    pending.push({ ...entry, settle })
    pendingBytes += entry.frame.length
    pendingRows += entry.rows
  }
  return {
    add: (entry) => {
      const why = whyNot(entry.frame.length)
      if (why !== null) return onLost(entry.rows, new Error(why))
      push(entry, null)
      timer ??= setTimeout(() => void drain(), FLUSH_MS)
    },
    addDurably: (entry) => {
      const why = whyNot(entry.frame.length)
      if (why !== null) return Promise.reject(notRecorded(why))
      return new Promise((resolve, reject) => {
        push(entry, { resolve, reject })
        void drain()
      })
    },
    heldBytes,
    heldRows: () => pendingRows + (segment?.rows ?? 0) + (sealing?.rows ?? 0),
    close: async () => {
      while (pending.length > 0 || draining) await drain()
      await seal()
    },
  }
}

const notRecorded = (why: string, cause?: unknown) =>
  new PlatformError(
    'prediction_not_recorded',
    `The prediction was made and could not be recorded: ${why}`,
    {},
    { cause },
  )

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at)
    at += bytesWritten
  }
}
