import { json, pipeline } from '@airlock-ml/sdk'
import type { ReferenceProfile } from '@airlock-ml/tabular'
import { z } from 'zod'
import { MODEL } from '../diagnosis.ts'
import { predictBatch } from '../steps/predict-batch.ts'

/**
 * Scores the rows of a file of any size with one version of the model, pinned when the run starts. Killed and started
 * again it goes on where it was; `docs/batch-inference.md` of Airlock says how.
 */
export default pipeline({
  name: 'batch-inference',
  params: z.object({
    /** A `.parquet` or `.csv` file. */
    input: z.string(),
    /** The folder of the predictions. */
    output: z.string(),
    /** The column that says which row is which, as a patient's number. */
    key: z.string().nullable().default(null),
    /** How many rows may be refused, because a measurement is missing or no number. */
    max_rejects: z.int().min(0).default(0),
    /** Whether an output of another input or version is removed first. */
    replace: z.boolean().default(false),
  }),
  uses: { model: MODEL, artifacts: { profile: json<ReferenceProfile>() } },
  build: ({ params, model }) => {
    predictBatch({ inputs: { model: model.model, profile: model.profile }, params })
  },
})
