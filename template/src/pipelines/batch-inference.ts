import { pipeline } from '@airlock-ml/sdk'
import { z } from 'zod'
import { MODEL } from '../diagnosis.ts'
import { loadData } from '../steps/load-data.ts'
import { predictBatch } from '../steps/predict-batch.ts'
import { validateFeatures } from '../steps/validate-features.ts'
import { writePredictions } from '../steps/write-predictions.ts'

/** Scores the rows of a file with one version of the model, pinned when the run starts. */
export default pipeline({
  name: 'batch-inference',
  params: z.object({ input: z.string(), output: z.string() }),
  uses: { model: MODEL },
  build: ({ params, model }) => {
    const { table } = loadData({ params: { path: params.input } })
    const { features } = validateFeatures({ inputs: { table } })
    const { predictions } = predictBatch({ inputs: { model: model.model, features } })
    writePredictions({ inputs: { predictions }, params: { path: params.output } })
  },
})
