import { json, model, step } from '@airlock-ml/sdk'
import { type BatchManifest, scoreFile } from '@airlock-ml/serving/batch'
import { z } from 'zod'
import { projectPath } from '../project-path.ts'

/**
 * Scores every row of a file with the pinned version, into a folder of Parquet parts. Each row says which version and run
 * it comes from; the manifest, which the run keeps, has the digest of each part.
 */
export const predictBatch = step({
  name: 'predict_batch',
  inputs: { model: model() },
  outputs: { manifest: json<BatchManifest>() },
  params: z.object({
    input: z.string(),
    output: z.string(),
    key: z.string().nullable(),
    max_rejects: z.int().min(0),
    replace: z.boolean(),
  }),
  // It writes files, which a cache would not bring back.
  cache: false,
  run: async ({ inputs, params, context }) => {
    const { manifest, rowsNow, seconds } = await scoreFile({
      model: inputs.model,
      input: params.input,
      output: params.output,
      root: projectPath('.'),
      ...(params.key !== null && { key: params.key }),
      maxRejects: params.max_rejects,
      replace: params.replace,
      // Risk is P(malignant).
      copies: { risk: 'malignant' },
      run: context.run,
      log: (line) => context.log.info(line),
      signal: context.signal,
      now: context.now,
    })
    const { rows, scored, rejected, labels, parts } = manifest
    context.log.info(`${labels.malignant} of ${scored} rows are taken for malignant`)
    if (rejected > 0)
      context.log.warn(`${rejected} of ${rows} rows were refused: see the rejects files in ${params.output}`)
    context.logMetadata({
      output: params.output,
      // Runs that were stopped before made parts of it: their predictions bear their ids.
      run_ids: manifest.runIds,
      ...{ rows, scored, rejected, malignant: labels.malignant ?? 0, parts: parts.length, seconds },
      rows_per_second: seconds > 0 ? Math.round(rowsNow / seconds) : null,
    })
    return { manifest }
  },
})
