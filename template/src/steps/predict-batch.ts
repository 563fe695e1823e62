import { json, model, step } from '@airlock-ml/sdk'
import { type BatchDrift, type BatchManifest, scoreFile } from '@airlock-ml/serving/batch'
import type { ReferenceProfile } from '@airlock-ml/tabular'
import { z } from 'zod'
import { projectPath } from '../project-path.ts'

/**
 * Scores every row of a file with the pinned version, into a folder of Parquet parts. Each row says which version and run
 * it comes from; the manifest, which the run keeps, has the digest of each part. `drift` is how the rows differ from those
 * that the version was judged on.
 */
export const predictBatch = step({
  name: 'predict_batch',
  inputs: { model: model(), profile: json<ReferenceProfile>() },
  outputs: { manifest: json<BatchManifest>(), drift: json<BatchDrift | null>() },
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
    const { manifest, drift, rowsNow, seconds } = await scoreFile({
      model: inputs.model,
      profile: inputs.profile,
      input: params.input,
      output: params.output,
      root: projectPath('.'),
      ...(params.key !== null && { key: params.key }),
      maxRejects: params.max_rejects,
      replace: params.replace,
      // Risk is P(malignant).
      copies: { risk: 'malignant' },
      run: context.run,
      // The workspace says what is too much, and calls the drift hooks of the platform.
      reportDrift: context.reportDrift,
      log: (line) => context.log.info(line),
      signal: context.signal,
      now: context.now,
    })
    const { rows, scored, rejected, labels, parts } = manifest
    context.log.info(`${labels.malignant} of ${scored} rows are taken for malignant`)
    if (rejected > 0)
      context.log.warn(`${rejected} of ${rows} rows were refused: see the rejects files in ${params.output}`)
    const found = drift?.verdict.findings.filter(({ level }) => level === 'breach') ?? []
    const drifting = [...new Set(found.map(({ subject, name }) => (subject === 'label' ? 'labels' : name)))]
    if (drifting.length > 0) context.log.warn(`not as at training: ${drifting.slice(0, 10).join(', ')}`)
    context.logMetadata({
      output: params.output,
      // Runs that were stopped before made parts of it: their predictions bear their ids.
      run_ids: manifest.runIds,
      ...{ rows, scored, rejected, malignant: labels.malignant ?? 0, parts: parts.length, seconds },
      ...{ drift: drift?.verdict.level ?? null, drifting },
      rows_per_second: seconds > 0 ? Math.round(rowsNow / seconds) : null,
    })
    return { manifest, drift }
  },
})
