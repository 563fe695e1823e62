import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { step, table } from '@airlock-ml/sdk'
import { writeParquet } from '@airlock-ml/tabular'
import { z } from 'zod'
import { projectPath } from '../project-path.ts'

/** Writes the predictions where others pick them up. The run keeps the same bytes as an artifact of `predict_batch`. */
export const writePredictions = step({
  name: 'write_predictions',
  inputs: { predictions: table() },
  params: z.object({ path: z.string().endsWith('.parquet') }),
  run: async ({ inputs, params, context }) => {
    const path = projectPath(params.path)
    await writeWhole(path, await writeParquet(inputs.predictions), context.run.id)
    context.log.info(`wrote ${inputs.predictions.rowCount} rows to ${params.path}`)
    context.logMetadata({ path: params.path, rows: inputs.predictions.rowCount })
  },
})

/** Writes a file whole or not at all: whoever reads it sees the old one or the new one. `mark` makes its draft unique. */
export async function writeWhole(path: string, bytes: Uint8Array, mark: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${mark}.tmp`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
