import { rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { exportOnnx, featureMatrix, openTableWriter, RandomForest, StandardScaler, schemaOf } from '@airlock-ml/tabular'
import { type BatchTask, scoreApart } from './batch-task.ts'
import type { Benchmark } from './benchmark.ts'
import { madeUpRows } from './made-up-rows.ts'
import { measureInTurn } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 3
const ROWS = 1_000_000
const ROWS_AT_ONCE = 100_000
const FEATURES = 30
const TREES = 100
const TRAINED = 1_000
const MOST_BYTES = 1e9

/** Predictions in bulk, whole, resumable and accounted for, may cost little more than bare scoring. */
export const batchOverBare: Benchmark = {
  name: 'batch',
  summary: `Scoring a Parquet file of 1,000,000 rows (--rows N) × ${FEATURES} by batch inference, as a share of the speed of bare reading, scoring and writing.`,
  bar: { is: 'at least', ratio: 0.7 },
  run: ({ rounds = ROUNDS, rows = ROWS, note }) =>
    withTempFolder(async (folder) => {
      const task = {
        model: join(folder, 'model.onnx'),
        input: join(folder, 'rows.parquet'),
        threads: availableParallelism(),
      }
      await makeModelAndRows(task, rows)
      note(`${rows} rows are made`)
      const cpuMs = { batch: Number.POSITIVE_INFINITY, bare: Number.POSITIVE_INFINITY }
      const score = async (act: BatchTask['act']) => {
        const output = join(folder, act)
        await rm(output, { recursive: true, force: true })
        const sample = await scoreApart({ ...task, act, output })
        cpuMs[act] = Math.min(cpuMs[act], sample.cpuMs)
        return sample
      }
      const measured = await measureInTurn({ batch: () => score('batch'), bare: () => score('bare') }, { rounds, note })
      const { peakBytes = 0, medianMs } = measured.batch
      const notes = [
        `${rows} rows, ${Math.round(rows / (medianMs / 1_000))} rows/s by ${task.threads} threads.`,
        `Least processor time: batch ${Math.round(cpuMs.batch)} ms, bare ${Math.round(cpuMs.bare)} ms, ratio ${(cpuMs.bare / cpuMs.batch).toFixed(2)}.`,
      ]
      const fault =
        peakBytes < MOST_BYTES ? undefined : `It held ${Math.round(peakBytes / 1e6)} MB, and may hold 1,000.`
      return { measured, ratio: measured.bare.medianMs / medianMs, notes, fault }
    }),
}

/** A forest, and a file of the same 100,000 rows over and over. */
async function makeModelAndRows({ model, input }: { model: string; input: string }, rows: number): Promise<void> {
  const { table, featureNames } = madeUpRows({ rowCount: ROWS_AT_ONCE, featureCount: FEATURES, seed: 1 })
  const train = table.slice(0, TRAINED)
  const features = featureMatrix(train, featureNames)
  const scaler = StandardScaler.fit(features)
  const labels = Uint8Array.from(train.column('label').values as Float64Array)
  const classifier = RandomForest.train(scaler.transform(features), labels, { trees: TREES, seed: 1 })
  await writeFile(model, exportOnnx({ scaler, classifier, featureNames, classLabels: ['benign', 'malignant'] }))
  const made = table.select(featureNames)
  await using writer = await openTableWriter(input, schemaOf(made))
  for (let left = rows; left > 0; left -= ROWS_AT_ONCE) await writer.write(made.slice(0, left))
  await writer.close()
}
