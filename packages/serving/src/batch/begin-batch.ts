import { crashPoint } from '@airlock-ml/stack/crash-point'
import { type DividedTable, divideTable, namesOfModel } from '@airlock-ml/tabular'
import { type BatchPlan, differenceOf, readPlan, takenError } from './batch-plan.ts'
import { checkColumns, demandRows } from './check-columns.ts'
import { clearOutput, type OutputFolder, readWhole, takenNames, writeWhole } from './output-folder.ts'
import type { ScoreFileOptions } from './score-file-options.ts'

/** What a batch is made of, once its plan lies in the output. */
export type BegunBatch = {
  plan: BatchPlan
  table: DividedTable
  featureNames: readonly string[]
  classLabels: readonly string[]
  unusedColumns: string[]
}

const defaultPartRows = 100_000

/**
 * Checks that the input can be scored and that the output is free, or was begun with the same; then pins both in the
 * output. Only for who holds the lock.
 * @throws PlatformError `batch_input_unfit`, `batch_output_taken`
 */
export async function beginBatch(folder: OutputFolder, input: string, options: ScoreFileOptions): Promise<BegunBatch> {
  const { key, copies = {}, run, log, replace = false, partRows = defaultPartRows } = options
  if (run.model === null)
    throw new Error('This run is pinned to no model version. Use it in a pipeline that has `uses`.')
  const begun = await readPlan(folder, { replace })
  const table = await divideTable(input, { partRows: begun?.partRows ?? partRows })
  options.signal.throwIfAborted()
  const { featureNames, classLabels } = namesOfModel(options.model)
  const unusedColumns = checkColumns(options.input, table, { features: featureNames, key, copies, classLabels })
  demandRows(options.input, table)
  const { name, number, digest } = run.model
  const plan: BatchPlan = {
    format: 'airlock-batch-1',
    input: { path: options.input, digest: table.digest },
    model: { name, number, digest },
    key: key ?? null,
    copies: { ...copies },
    partRows: begun?.partRows ?? partRows,
  }
  const parts = { featureNames, classLabels, unusedColumns }
  if (begun && differenceOf(begun, plan) === undefined) return { plan, table, ...parts }
  if (begun && !replace) {
    throw takenError(folder, { begun, now: plan, isDone: (await readWhole(folder.manifest)) !== undefined })
  }
  if (begun || (await takenNames(folder)).length > 0) {
    log(`removing what ${options.output} held before`)
    await clearOutput(folder)
  }
  const anew = { ...plan, partRows }
  await writeWhole(folder.plan, `${JSON.stringify(anew, null, 2)}\n`)
  await crashPoint('batch:planned')
  const divided = plan.partRows === partRows ? table : await divideTable(input, { partRows })
  return { plan: anew, table: divided, ...parts }
}
