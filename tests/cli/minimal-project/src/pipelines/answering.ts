import { pipeline } from '@airlock-ml/sdk'
import { answerRows } from '../answer-rows.ts'

export default pipeline({
  name: 'answering',
  serves: { model: 'breast_cancer_classifier' },
  build: ({ requests, model }) => answerRows({ inputs: { model: model.model, requests } }),
})
