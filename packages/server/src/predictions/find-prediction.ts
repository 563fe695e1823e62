import {
  BatchManifest,
  type BatchPart,
  type BatchRejects,
  PlatformError,
  predictionPart,
  type Run,
} from '@airlock-ml/contract'
import { isPackedRow, type Table } from '@airlock-ml/tabular'
import { readBlob } from '../artifacts/blobs.ts'

import type { Deps } from '../deps.ts'
import { showRun } from '../runs/show.ts'
import { findRun, summaryOf } from '../runs/store.ts'
import { lastIdOf, readRow, timeOf } from './part-file.ts'
import { batchManifests, type IndexedPart, partsAround } from './store.ts'

/** Where a prediction stands: in a part of a service's log, or in a file of a batch. */
export type Located =
  | { kind: 'service'; id: string; part: IndexedPart; row: Table }
  | { kind: 'batch'; id: string; number: number; run: Run; file: BatchPart; manifest: BatchManifest }

export type PredictionPath = { project: string; predictionId: string }

/** @throws PlatformError `prediction_not_found`, `blob_not_found`, `blob_damaged`, `store_unreachable` */
export async function findPrediction(deps: Deps, { project, predictionId: id }: PredictionPath): Promise<Located> {
  const [runId, row] = id.split('.') as [string, string | undefined]
  const found =
    row === undefined ? await inLogs(deps, project, id) : await inBatch(deps, { project, runId, number: Number(row) })
  if (found) return found
  throw notFound(project, id)
}

const notFound = (project: string, id: string, more = '') =>
  new PlatformError('prediction_not_found', `The project ${project} has no record of a prediction ${id}.${more}`, {
    predictionId: id,
  })

const refusedIn = (file: string) => ` The row was refused; ${file} beside the output of the batch says why.`

const AT_ONCE = 8

/**
 * Looks into the parts whose ids lie around this one, the nearest first. Processes answer side by side, so that there
 * may be several; none lasts longer than a part may, which bounds the look-up.
 */
async function inLogs(deps: Deps, project: string, id: string): Promise<Located | null> {
  const to = lastIdOf(timeOf(id) + predictionPart.mostSpanMs)
  let removedAt: string | null = null
  let from = id
  for (;;) {
    const parts = await partsAround(deps.db, { project, id, from, to, limit: AT_ONCE })
    for (const part of parts) {
      if (part.removedAt !== null) removedAt ??= part.removedAt
      else {
        const row = await readRow(deps, part, id)
        if (row) return { kind: 'service', id, part, row }
      }
    }
    const last = parts.at(-1)
    if (!last || parts.length < AT_ONCE) break
    from = `${last.lastId}!`
  }
  if (removedAt === null) return null
  throw notFound(
    project,
    id,
    ` The part of the log that may have held it was removed at ${removedAt}, when it had reached its age.`,
  )
}

const MOST_MANIFEST_BYTES = 16 * 1024 * 1024

/**
 * A batch that was killed and started again is one manifest, of the last of its runs. A manifest is what a step says: it
 * counts where it names the version that the workspace itself pinned the run to.
 */
async function inBatch(
  deps: Deps,
  { project, runId, number }: { project: string; runId: string; number: number },
): Promise<Located | null> {
  const { db } = deps
  const row = await findRun(db, project, runId)
  const model = row && summaryOf(row).model
  if (!row || model?.action !== 'consumes') return null
  for (const { digest, size_bytes } of await batchManifests(db, { project, runId, pipeline: row.pipeline })) {
    if (Number(size_bytes) > MOST_MANIFEST_BYTES) continue
    const manifest = BatchManifest.safeParse(parsed(await readBlob(deps, { project, digest }))).data
    if (!manifest?.runIds.includes(runId)) continue
    const { name, number: claimed, digest: bytes } = manifest.model
    if (name !== model.name || claimed !== model.number || bytes !== model.digest) continue
    const file = manifest.parts.find(
      (part) => part.runId === runId && part.firstRow <= number && number < part.firstRow + part.rows,
    )
    if (!file) continue
    if (file.rejects && isRefused(file, file.rejects, number))
      throw notFound(project, `${runId}.${number}`, refusedIn(file.rejects.file))
    return { kind: 'batch', id: `${runId}.${number}`, number, run: await showRun(db, project, runId), file, manifest }
  }
  return null
}

/** What cannot be read says nothing of a row, which is then no record of a prediction either. */
function isRefused(part: BatchPart, { numbers, packed }: BatchRejects, number: number): boolean {
  try {
    return packed === null ? (numbers ?? []).includes(number) : isPackedRow(packed, number, part)
  } catch {
    return true
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return null
  }
}
