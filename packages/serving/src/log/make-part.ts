import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { type PredictionPart, predictionPart } from '@airlock-ml/contract'
import { openTableWriter, Table } from '@airlock-ml/tabular'
import { columnsOf } from './part-columns.ts'
import { sortedRows } from './part-rows.ts'
import { openSubjects } from './part-subjects.ts'
import { readSegment } from './segment-format.ts'

/** A part of a prediction log that is to be stored and registered. */
export type MadePart = {
  /** Null when the segment holds no whole prediction. */
  part: {
    bytes: Uint8Array<ArrayBuffer>
    digest: string
    /** Of each subject: its HMAC, the key that its rows are encrypted under, and when it was asked about first. */
    subjects: { subject: string; key: string; firstAt: PredictionPart['firstAt'] }[]
  } | null
  rows: number
  /** Bytes behind the last whole frame. */
  tornBytes: number
}

/** So many rows are worked on at once: their columns stay in the processor's caches. */
const SLICE_ROWS = 500

/** Makes a Parquet file, by ascending id, of a segment. What is about a subject is encrypted under a key of its own. */
export async function makePart(segment: string, inputsKey: Uint8Array): Promise<MadePart> {
  const read = readSegment(await readFile(segment))
  const batches = [...read.batches()]
  const tornBytes = read.tornBytes()
  const rows = sortedRows(batches)
  if (rows.count === 0) return { part: null, rows: 0, tornBytes }
  const subjects = openSubjects(inputsKey)
  const { schema, columns } = columnsOf(rows, subjects.of)
  const pieces: Uint8Array[] = []
  const sha256 = createHash('sha256')
  const into = new Writable({
    write: (piece: Uint8Array, _, done) => {
      pieces.push(piece)
      sha256.update(piece)
      done()
    },
  })
  await using writer = await openTableWriter(into, schema, { rowGroupRows: predictionPart.rowGroupRows })
  for (let from = 0; from < rows.count; from += SLICE_ROWS)
    await writer.write(new Table(columns(from, Math.min(from + SLICE_ROWS, rows.count))))
  await writer.close()
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return { part: { bytes, digest: sha256.digest('hex'), subjects: subjects.keys() }, rows: rows.count, tornBytes }
}
