import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type BatchManifest, PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { type DividedTable, divideTable, namesOfModel } from '@airlock-ml/tabular'
import { type BatchPlan, differenceOf, readPlan, takenError } from './batch-plan.ts'
import { checkColumns, demandRows } from './check-columns.ts'
import { lockOutput } from './folder-lock.ts'
import {
  clearOutput,
  makeOutputFolder,
  type OutputFolder,
  outputFolder,
  readWhole,
  removeDrafts,
  takenNames,
  writeWhole,
} from './output-folder.ts'
import { type PartRecord, soundRecord } from './part-record.ts'
import { count, Progress } from './progress.ts'
import { RejectCount } from './reject-count.ts'
import { scoreInThreads } from './score-in-threads.ts'
import type { ScoringJob } from './score-part.ts'
import { isDiskFull } from './thread-error.ts'

/** What to score, with which version, and where to. */
export interface ScoreFileOptions {
  /** The bytes of the ONNX model. */
  readonly model: Uint8Array
  /** A `.parquet` or `.csv` file. */
  readonly input: string
  /** A folder; made where it is not there. */
  readonly output: string
  /** What relative paths start from. The manifest keeps them as they were given. Default: the working directory. */
  readonly root?: string
  /** A column of the input that says which row is which; it becomes the column `key`, as text. */
  readonly key?: string | undefined
  /** The most rows that may be refused. Default 0. */
  readonly maxRejects?: number
  /** Removes what is in the output where it is not the beginning of this. Default: refuse it. */
  readonly replace?: boolean
  /** Rows of a part, which is what is done again after a kill. Default 100,000. An output that was begun keeps its own. */
  readonly partRows?: number
  /** Default: as many as there are processors, at most 8. Each holds about 150 MB. */
  readonly threads?: number
  /** Columns that repeat the probability of a class: `{ risk: 'malignant' }`. */
  readonly copies?: Readonly<Record<string, string>>
  /** The run that scores, and the version it is pinned to. */
  readonly run: { readonly id: string; readonly model: { name: string; number: number; digest: string } | null }
  readonly log: (line: string) => void
  readonly signal: AbortSignal
  readonly now: () => Date
}

/** What was done, and how long it took in this run. */
export interface ScoredFile {
  readonly manifest: BatchManifest
  /** Rows that this run went through; fewer than the manifest's where an earlier run had done some. */
  readonly rowsNow: number
  readonly seconds: number
}

const format = 'airlock-batch-1'
const defaultPartRows = 100_000
const mostThreads = 8

/**
 * Scores a file of any size into a folder of Parquet parts, by all processors and in constant memory. Each row of the
 * input is in the output once, or in a rejects file beside it, with the reason. Killed at any moment and called again
 * with the same input and version, it goes on at the first missing part; `manifest.json` comes last.
 *
 * @throws PlatformError `batch_input_unfit`, `batch_input_changed`, `batch_output_taken`, `batch_output_busy`,
 * `batch_rows_rejected`, `batch_disk_full`; `TableError` and `OnnxError` for a damaged file or model
 *
 * @example
 * const { manifest } = await scoreFile({ model, input: 'rows.parquet', output: 'scored', run: context.run, ...rest })
 */
export async function scoreFile(options: ScoreFileOptions): Promise<ScoredFile> {
  const { root = '.', run, replace = false } = options
  const folder = outputFolder(resolve(root, options.output))
  try {
    await makeFolder(folder, options.output)
    using _ = await lockOutput(folder, run.id)
    await removeDrafts(folder)
    return await scoreLocked(folder, { ...options, replace })
  } catch (error) {
    if (!isDiskFull(error)) throw error
    const message = `There is no space left for the predictions in ${folder.dir}. The parts that are there are kept.`
    throw new PlatformError('batch_disk_full', message, {}, { cause: error })
  }
}

async function makeFolder(folder: OutputFolder, given: string): Promise<void> {
  try {
    await makeOutputFolder(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error
    throw new PlatformError(
      'batch_output_taken',
      `${given} cannot be the folder of an output: a file is there (${message}).`,
    )
  }
}

async function scoreLocked(
  folder: OutputFolder,
  options: ScoreFileOptions & { replace: boolean },
): Promise<ScoredFile> {
  const { root = '.', model, key, copies = {}, run, log, maxRejects = 0 } = options
  if (run.model === null)
    throw new Error('This run is pinned to no model version. Use it in a pipeline that has `uses`.')
  const startedMs = options.now().getTime()
  const input = resolve(root, options.input)
  const before = await fileState(input)
  const begun = await readPlan(folder, options)
  const partRows = begun?.partRows ?? options.partRows ?? defaultPartRows
  let table = await divideTable(input, { partRows })
  const names = namesOfModel(model)
  const unusedColumns = checkColumns(options.input, table, {
    features: names.featureNames,
    key,
    copies,
    classLabels: names.classLabels,
  })
  demandRows(options.input, table)
  const plan: BatchPlan = {
    format,
    input: { path: options.input, digest: table.digest },
    model: pick(run.model),
    key: key ?? null,
    copies: { ...copies },
    partRows,
  }
  const isSame = begun !== null && differenceOf(begun, plan) === undefined
  if (begun && !isSame && !options.replace) {
    throw takenError(folder, { begun, now: plan, isDone: (await readWhole(folder.manifest)) !== undefined })
  }
  if (!isSame) {
    const taken = await takenNames(folder)
    if (begun || taken.length > 0) {
      log(`removing what ${options.output} held before`)
      await clearOutput(folder)
    }
    plan.partRows = options.partRows ?? defaultPartRows
    if (plan.partRows !== partRows) table = await divideTable(input, { partRows: plan.partRows })
    await writeWhole(folder.plan, `${JSON.stringify(plan, null, 2)}\n`)
    await crashPoint('batch:planned')
  }
  const records = await recordsOf(folder, table)
  logBeginning(options, table, records)
  const job: ScoringJob = {
    input,
    output: folder.dir,
    table: { format: table.format, columns: table.columns },
    features: names.featureNames,
    key: key ?? null,
    columns: {
      runId: run.id,
      model: plan.model,
      classLabels: names.classLabels,
      hasKey: key !== undefined,
      copies: plan.copies,
    },
  }
  const rowsNow = await scoreMissing(records, { ...options, maxRejects, job, table, startedMs })
  if (!isDeepEqual(before, await fileState(input))) {
    throw new PlatformError(
      'batch_input_changed',
      `${options.input} was changed while it was scored: no row can be trusted.`,
    )
  }
  const parts = records.map((record) => record!.part)
  const rejected = parts.reduce((sum, { rejects }) => sum + (rejects?.rows ?? 0), 0)
  const manifest: BatchManifest = {
    format,
    // By time, as their ids are.
    runIds: [...new Set(parts.map(({ runId }) => runId))].sort(),
    input: { path: options.input, digest: table.digest, sizeBytes: table.sizeBytes, rows: table.rows, unusedColumns },
    key: plan.key,
    model: plan.model,
    classLabels: names.classLabels,
    rows: table.rows,
    scored: table.rows - rejected,
    rejected,
    labels: Object.fromEntries(
      names.classLabels.map((label) => [label, parts.reduce((sum, { labels }) => sum + (labels[label] ?? 0), 0)]),
    ),
    parts,
  }
  await writeWhole(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
  await crashPoint('batch:manifest-written')
  return { manifest, rowsNow, seconds: (options.now().getTime() - startedMs) / 1_000 }
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

/** Scores what is missing, and answers with how many rows that were. */
async function scoreMissing(
  records: (PartRecord | undefined)[],
  options: ScoreFileOptions & { maxRejects: number; job: ScoringJob; table: DividedTable; startedMs: number },
): Promise<number> {
  const { model, job, table, signal, now, log, maxRejects, startedMs, input } = options
  const missing = [...records.keys()].filter((index) => records[index] === undefined)
  const rowsOf = (indexes: readonly number[]) => indexes.reduce((sum, index) => sum + table.parts[index]!.rows, 0)
  const rowsNow = rowsOf(missing)
  const rejects = new RejectCount(input, maxRejects)
  for (const record of records) if (record) rejects.add(record)
  if (missing.length === 0) return 0
  const progress = new Progress({ rows: table.rows, before: table.rows - rowsNow, nowMs: startedMs }, log)
  const threads = Math.min(missing.length, options.threads ?? Math.min(availableParallelism(), mostThreads))
  await scoreInThreads({
    ...{ job, model, threads, signal },
    nextTask: () => {
      const index = missing.shift()
      return index === undefined ? undefined : { index, part: table.parts[index]!, mostRejects: rejects.left }
    },
    onPart: (outcome, index) => {
      if ('left' in outcome) rejects.leave(outcome)
      else {
        records[index] = outcome
        rejects.add(outcome)
      }
    },
    onPace: (scored) => progress.see(scored, now().getTime()),
  })
  return rowsNow
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

const isDeepEqual = (a: readonly number[], b: readonly number[]) => a.every((value, at) => value === b[at])
const pick = ({ name, number, digest }: { name: string; number: number; digest: string }) => ({ name, number, digest })
