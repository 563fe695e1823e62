import { join } from 'node:path'
import { type BatchRejects, refusedRows } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import {
  type DividedTable,
  NO_VALUE,
  type OnnxModel,
  openTableWriter,
  packRows,
  type ReferenceProfile,
  type RefusedRow,
  readFeatures,
  TableError,
  type TablePart,
} from '@airlock-ml/tabular'
import { batchWindow } from './batch-drift.ts'
import { fingerprintOf, outputFolder, writeWhole } from './output-folder.ts'
import type { PartRecord } from './part-record.ts'
import { predictEach } from './predict-each.ts'
import { type PredictionColumns, predictionTables, storedColumns } from './prediction-columns.ts'

/** How many refused rows an error names. */
export const namedRejects = 5

/** What is the same for all parts of a batch. */
export type ScoringJob = {
  input: string
  output: string
  table: Pick<DividedTable, 'format' | 'columns'>
  features: readonly string[]
  key: string | null
  columns: PredictionColumns
  /** What the rows are held against; null where the version has no profile. */
  profile: ReferenceProfile | null
}

/** One part, and how much of it may be refused. */
export type PartTask = { index: number; part: TablePart; mostRejects: number }

/** Why a part was left: because of its rejects, or because somebody said so. */
export type Left = { left: 'rejects'; firstRejects: RefusedRow[]; rejected: number } | { left: 'stopped' }

/** How far the scoring is, for who waits. */
export type Pace = { scored: (rows: number) => void; isStopped: () => boolean }

/**
 * Scores one part of the input and puts it into the output: the rejects, then the predictions, then the record that says
 * they are there. Killed before that, it is as if nothing had been done; after it, the part is done.
 */
export async function scorePart(
  model: OnnxModel,
  job: ScoringJob,
  { index, part, mostRejects, pace }: PartTask & { pace: Pace },
): Promise<PartRecord | Left> {
  const folder = outputFolder(job.output)
  const file = folder.partFile(index)
  const refused: RefusedRow[] = []
  const toTable = predictionTables(job.columns)
  const which = { table: job.table, part, features: job.features, ...(job.key !== null && { key: job.key }) }
  const labels = new Map(job.columns.classLabels.map((label) => [label, 0]))
  const window = job.profile && batchWindow(job.profile, { ...job, classLabels: job.columns.classLabels })
  let seen = 0
  await using writer = await openTableWriter(join(job.output, file), storedColumns(job.columns), {
    draftMark: 'draft',
    rowGroupRows: 50_000,
  })
  for await (const read of readFeatures(job.input, which)) {
    if (pace.isStopped()) return { left: 'stopped' }
    const { batch, answers } = await predictEach(model, read)
    if (batch.rows.length > 0) await writer.write(toTable(batch, answers))
    window?.add({ rows: batch.rows.length, features: batch.features, ...answers })
    for (const label of answers.labels) labels.set(label, (labels.get(label) ?? 0) + 1)
    for (const each of batch.refused) {
      refused.push(each)
      if (each.column !== null && each.reason === NO_VALUE) window?.addMissing(each.column, 1)
    }
    if (refused.length > mostRejects) {
      return { left: 'rejects', firstRejects: refused.slice(0, namedRejects), rejected: refused.length }
    }
    seen += batch.seen
    pace.scored(batch.seen)
  }
  demandAll(job, part, seen)
  const rejects =
    refused.length === 0 ? null : await writeRejects(job.output, folder.rejectsFile(index), { refused, part })
  await crashPoint('batch:rejects-written')
  const { rowCount } = await writer.close()
  await crashPoint('batch:part-written')
  const fingerprint = await fingerprintOf(join(job.output, file))
  if (!fingerprint) throw new Error(`${file} was removed from ${job.output} while it was being written.`)
  const { firstRow, rows } = part
  const { runId } = job.columns
  const record = {
    part: {
      file,
      ...fingerprint,
      firstRow,
      rows,
      scored: rowCount,
      labels: Object.fromEntries(labels),
      rejects,
      runId,
    },
    drift: window?.counts() ?? null,
    firstRejects: refused.slice(0, namedRejects),
  }
  await writeWhole(folder.record(index), `${JSON.stringify(record)}\n`)
  await crashPoint('batch:part-recorded')
  return record
}

async function writeRejects(
  output: string,
  file: string,
  { refused, part }: { refused: readonly RefusedRow[]; part: TablePart },
): Promise<BatchRejects> {
  const path = join(output, file)
  await writeWhole(path, refused.map((each) => `${JSON.stringify(each)}\n`).join(''))
  const { digest } = (await fingerprintOf(path))!
  const rows = refusedRows(
    refused.map(({ row }) => row),
    (numbers) => packRows(numbers, part),
  )
  return { file, rows: refused.length, digest, ...rows }
}

function demandAll({ input }: ScoringJob, { firstRow, rows }: TablePart, seen: number): void {
  if (seen === rows) return
  const message = `${input} has ${seen} rows from row ${firstRow} on where it had ${rows}: it was changed while it was read, or is damaged.`
  throw new TableError('file_unreadable', message)
}
