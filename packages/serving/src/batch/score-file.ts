import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type BatchManifest, PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { DividedTable, DriftSummary } from '@airlock-ml/tabular'
import { driftOfBatch } from './batch-drift.ts'
import { type BegunBatch, beginBatch } from './begin-batch.ts'
import { lockOutput } from './folder-lock.ts'
import { makeOutputFolder, type OutputFolder, outputFolder, removeDrafts, writeWhole } from './output-folder.ts'
import { type PartRecord, soundRecord } from './part-record.ts'
import { count } from './progress.ts'
import type { ScoredFile, ScoreFileOptions } from './score-file-options.ts'
import { scoreMissing } from './score-missing.ts'
import type { ScoringJob } from './score-part.ts'
import { isDiskFull } from './thread-error.ts'

/**
 * Scores a file of any size into a folder of Parquet parts, by all processors and in constant memory. Each row of the
 * input is in the output once, or in a rejects file beside it, with the reason. Killed at any moment and called again
 * with the same input and version, it goes on at the first missing part; `manifest.json` comes last.
 *
 * @throws PlatformError `batch_input_unfit`, `batch_input_changed`, `batch_output_taken`, `batch_output_unwritable`,
 * `batch_output_busy`, `batch_rows_rejected`, `batch_disk_full`; `TableError` and `OnnxError` for a damaged file or model
 *
 * @example
 * const { manifest } = await scoreFile({ model, input: 'rows.parquet', output: 'scored', run: context.run, ...rest })
 */
export async function scoreFile(options: ScoreFileOptions): Promise<ScoredFile> {
  const { root = '.' } = options
  // As of a variable of a shell that is not set: what it would resolve to is the project itself.
  if (options.output.trim() === '')
    throw new PlatformError('batch_output_unwritable', 'The output is empty, and names no folder.')
  const folder = outputFolder(resolve(root, options.output))
  try {
    using _ = await takeFolder(folder, options)
    await removeDrafts(folder)
    return await scoreLocked(folder, options)
  } catch (error) {
    if (!isDiskFull(error)) throw error
    const message = `There is no space left for the predictions in ${folder.dir}. The parts that are there are kept.`
    throw new PlatformError('batch_disk_full', message, {}, { cause: error })
  }
}

/** Makes the folder where it is not there, and takes it for this run. */
async function takeFolder(folder: OutputFolder, { output, run }: ScoreFileOptions): Promise<Disposable> {
  try {
    await makeOutputFolder(folder)
    return await lockOutput(folder, run.id)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (isDenied(error)) {
      const why = `The predictions cannot be written to ${folder.dir}: ${message}.`
      throw new PlatformError('batch_output_unwritable', why, { folder: folder.dir }, { cause: error })
    }
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error
    throw new PlatformError(
      'batch_output_taken',
      `${output} cannot be the folder of an output: a file is there (${message}).`,
    )
  }
}

/** What SQLite, whose lock it is, says of a file that it may not open or write. */
const SQLITE_DENIED = [8, 14]

function isDenied(error: unknown): boolean {
  const { code = '', errcode = 0 } = error as NodeJS.ErrnoException & { errcode?: number }
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) || SQLITE_DENIED.includes(errcode)
}

async function scoreLocked(folder: OutputFolder, options: ScoreFileOptions): Promise<ScoredFile> {
  const startedMs = options.now().getTime()
  const input = resolve(options.root ?? '.', options.input)
  const before = await fileState(input)
  const begun = await beginBatch(folder, input, options)
  const { table, plan, featureNames, classLabels } = begun
  const records = await recordsOf(folder, table)
  logBeginning(options, table, records)
  const { model, key, copies } = plan
  const job: ScoringJob = {
    ...{ input, output: folder.dir, features: featureNames, key },
    table: { format: table.format, columns: table.columns },
    columns: { runId: options.run.id, model, classLabels, hasKey: key !== null, copies },
    profile: options.profile ?? null,
  }
  const rowsNow = await scoreMissing(records, { ...options, job, table, startedMs })
  if (!isSameState(before, await fileState(input))) {
    const message = `${options.input} was changed while it was scored: no row can be trusted.`
    throw new PlatformError('batch_input_changed', message)
  }
  const manifest = manifestOf(
    begun,
    records.map((record) => record!.part),
  )
  await writeWhole(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
  await crashPoint('batch:manifest-written')
  const shape = { features: featureNames, classLabels }
  const { profile, reportDrift } = options
  // Runs that go on with an output speak of the same batch.
  const batchId = manifest.runIds[0] ?? options.run.id
  const judge = reportDrift && ((summary: DriftSummary) => reportDrift({ batchId, summary }))
  const parts = records.map((record) => record!.drift)
  const drift = profile ? await driftOfBatch(profile, shape, { parts, judge }) : null
  return { manifest, drift, rowsNow, seconds: (options.now().getTime() - startedMs) / 1_000 }
}

function manifestOf(
  { plan, table, unusedColumns, classLabels }: BegunBatch,
  parts: BatchManifest['parts'],
): BatchManifest {
  const sum = (of: (part: BatchManifest['parts'][number]) => number) => parts.reduce((all, part) => all + of(part), 0)
  const { digest, sizeBytes, rows } = table
  const rejected = sum(({ rejects }) => rejects?.rows ?? 0)
  return {
    format: plan.format,
    // By time, as their ids are.
    runIds: [...new Set(parts.map(({ runId }) => runId))].sort(),
    input: { path: plan.input.path, digest, sizeBytes, rows, unusedColumns },
    key: plan.key,
    model: plan.model,
    classLabels: [...classLabels],
    ...{ rows, scored: rows - rejected, rejected },
    labels: Object.fromEntries(classLabels.map((label) => [label, sum(({ labels }) => labels[label] ?? 0)])),
    parts,
  }
}

/** What is there of each part; `undefined` for those that are missing. */
async function recordsOf(folder: OutputFolder, { parts }: DividedTable): Promise<(PartRecord | undefined)[]> {
  const records: (PartRecord | undefined)[] = []
  for (const [index, part] of parts.entries()) {
    const record = await soundRecord(folder, index)
    records.push(record?.part.firstRow === part.firstRow && record.part.rows === part.rows ? record : undefined)
  }
  return records
}

function logBeginning(
  { input, output, log, run }: ScoreFileOptions,
  { rows, parts }: DividedTable,
  records: readonly (PartRecord | undefined)[],
): void {
  const done = records.filter((record) => record !== undefined).length
  const version = `version ${run.model?.number} of ${run.model?.name}`
  if (done === 0) log(`scoring ${count(rows)} rows of ${input} with ${version}, in ${count(parts.length)} parts`)
  else if (done < parts.length) log(`going on in ${output}: ${done} of ${parts.length} parts are there`)
  else log(`${output} has all ${count(rows)} rows of ${input} by ${version} already: nothing is scored again`)
}

async function fileState(path: string): Promise<readonly number[]> {
  try {
    const { size, mtimeMs, ino } = await stat(path)
    return [size, mtimeMs, ino]
  } catch (error) {
    const message = `${path} cannot be read: ${(error as Error).message}.`
    throw new PlatformError('batch_input_unfit', message)
  }
}

const isSameState = (a: readonly number[], b: readonly number[]) => a.every((value, at) => value === b[at])
