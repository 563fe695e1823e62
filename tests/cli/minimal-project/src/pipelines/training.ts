import { pipeline } from '@airlock-ml/sdk'
import { z } from 'zod'
import { evaluateModel, makeRows, trainModel } from '../steps.ts'

export default pipeline({
  name: 'training',
  params: z.object({ rows: z.int(), trees: z.int() }),
  trains: { model: 'breast_cancer_classifier', evaluation: { target: 'diagnosis', positive: 'malignant' } },
  build: ({ params }) => {
    const { train, test } = makeRows({ params: { rows: params.rows } })
    const { model } = trainModel({ inputs: { train }, params: { trees: params.trees } })
    const { metrics } = evaluateModel({ inputs: { model, test } })
    return { model, evaluation: test, metrics }
  },
})
